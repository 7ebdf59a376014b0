/** Takes what the page posts under a number. */
export type Save = (number: number, body: Buffer) => Promise<void>;

/**
 * Runs `work` with a save that passes to `take`, whose first error ends the call at once, even if `work` ignores the answer to
 * its post.
 */
export async function receiving(take: Save, work: (save: Save) => Promise<void>): Promise<void> {
  let fail: (reason: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const saves: Promise<void>[] = [];
  const done = work((number, body) => {
    const saved = take(number, body);
    saved.catch(fail);
    saves.push(saved);
    return saved;
  }).then(() => Promise.all(saves));
  done.catch(() => {});
  await Promise.race([failed, done]);
}
