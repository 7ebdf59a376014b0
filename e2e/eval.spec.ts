import { cp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { ended, start } from './command-line.ts';

/** Runs a command; a `stopAt` sends Ctrl-C when stderr says so. */
function run(args: string[], stopAt?: string) {
  const child = start(args);
  child.stderr.on('data', (data) => stopAt && String(data).includes(stopAt) && child.kill('SIGINT'));
  return ended(child);
}

test.describe.configure({ mode: 'serial' });

const scenes = () => join(test.info().project.outputDir, 'eval-scenes');
const whole = () => join(test.info().project.outputDir, 'eval-whole');
/** Two scenes of 6 × 9 tokens a frame, two values of τ. */
const order = () => [
  ...['eval', scenes(), '--protocol', 'video,single', '--size', '48x72', '--device', 'wasm'],
  ...['--tau', '0.15,0.3'],
];

const csv = (folder: string) => readFile(join(folder, 'results.csv'), 'utf8');

test.beforeAll(async () => {
  await Promise.all([scenes(), whole()].map((folder) => rm(folder, { recursive: true, force: true })));
  const made = await run(['synth', scenes(), '--scenes', '2', '--size', '64x96', '--frames', '3']);
  expect(made.code).toBe(0);
});

test('a data set is run, scored and reported; score gives the same figures from the predictions', async ({
  page,
}) => {
  const { code, out } = await run([...order(), '--out', whole(), '--json']);
  expect(code).toBe(0);
  const { variants, runs } = JSON.parse(out);
  expect(variants.map(({ variant }: { variant: string }) => variant)).toEqual(['tau=0.15', 'tau=0.3']);
  expect(runs).toHaveLength(4);
  expect((await readdir(join(whole(), 'predictions', 'tau=0.3', 'scene-00001'))).sort()).toEqual(
    ['0', '1', '2'].map((n) => `0000${n}.png`),
  );

  const again = await run([
    'score',
    join(whole(), 'predictions', 'tau=0.3'),
    scenes(),
    '-p',
    'video',
    '--json',
  ]);
  expect(JSON.parse(again.out).reports[0].measures).toEqual(variants[1].reports[0].measures);

  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('requestfailed', (request) => errors.push(request.url().slice(0, 80)));
  await page.goto(pathToFileURL(join(whole(), 'report.html')).href);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('eval-scenes');
  await expect(page.getByRole('row', { name: /^tau=0\.3/ }).first()).toBeVisible();
  const pictures = page.locator('.picture img');
  expect(await pictures.count()).toBeGreaterThanOrEqual(4);
  expect(
    await pictures.evaluateAll((all) => all.every((img) => (img as HTMLImageElement).naturalWidth === 96)),
  ).toBe(true);
  expect(errors).toEqual([]);
});

test('shards join to the same figures', async () => {
  const info = test.info();
  const parts = [1, 2].map((part) => info.outputPath(`part-${part}`));
  for (const [i, out] of parts.entries()) {
    expect((await run([...order(), '--out', out, '--shard', `${i + 1}/2`, '--quiet'])).code).toBe(0);
  }
  const joined = info.outputPath('joined');
  expect((await run(['eval', 'merge', ...parts, '--out', joined])).code).toBe(0);
  expect(await csv(joined)).toBe(await csv(whole()));
});

test('what was stopped goes on, and nothing is overwritten unasked', async () => {
  const out = test.info().outputPath('stopped');
  expect((await run([...order(), '--out', out], '0 %')).code).toBe(130);
  expect((await run([...order(), '--out', out])).err).toContain('[eval/exists]');
  const other = await run([...order(), '--ratio', '0.5', '--out', out, '--resume']);
  expect(other.err).toContain('[eval/other-plan]');

  // As if it had been stopped after the first scene.
  await cp(join(whole(), 'outcomes'), join(out, 'outcomes'), { recursive: true });
  await cp(join(whole(), 'predictions'), join(out, 'predictions'), { recursive: true });
  await rm(join(out, 'outcomes', 'tau=0.3', 'scene-00001.json'));
  const done = join(out, 'outcomes', 'tau=0.3', 'scene-00000.json');
  const before = (await stat(done)).mtimeMs;
  expect((await run([...order(), '--out', out, '--resume', '--quiet'])).code).toBe(0);
  expect((await stat(done)).mtimeMs).toBe(before);
  expect(await csv(out)).toBe(await csv(whole()));
});
