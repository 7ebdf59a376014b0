/**
 * Runs one job at a time and keeps only the newest wish meanwhile: while scrubbing, something is always shown and
 * nothing queues. A job that throws leaves the newest wish to be tried; its error goes to `failed`.
 */
export function latest<W>(
  job: (wish: W) => Promise<void>,
  failed: (error: unknown) => void,
): (wish: W) => void {
  let waiting: { wish: W } | null = null;
  let busy = false;

  async function work(): Promise<void> {
    busy = true;
    while (waiting) {
      const { wish } = waiting;
      waiting = null;
      try {
        await job(wish);
      } catch (error) {
        failed(error);
      }
    }
    busy = false;
  }

  return (wish) => {
    waiting = { wish };
    if (!busy) void work();
  };
}
