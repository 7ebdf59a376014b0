import { createWebgpuBackend } from '../../src/engine/backend/webgpu/backend.ts';
import { Gpu } from '../../src/engine/backend/webgpu/runtime/gpu.ts';
import { largeBuffersHold } from '../../src/engine/backend/webgpu/runtime/large.ts';
import { compareWithPlain } from '../../src/engine/backend/webgpu/selftest.ts';
import { cluster } from '../../src/engine/cluster/algorithm1.ts';
import { GOLDEN_WINDOW, loadGoldens } from '../../test/cluster-goldens.ts';
import type { Bench } from './table.ts';

/** Of the reference's runs a software renderer, which takes seconds for each, does one in so many; the tests do them all. */
const SKIP = 6;

/**
 * What storing rows in 16 bits costs on a device: the self-test's differences, and how many of the independent reference's
 * clusterings come out the same to the last label. And whether a binding over 128 MiB holds what is written.
 */
export async function checkAccuracy(
  { device, software, table }: Bench,
  print: (line: string) => void,
): Promise<void> {
  print(
    '| rows in | A′v off by | D off by | reference runs with the same labels | tokens with the same label, least |',
  );
  print('| --- | ---: | ---: | ---: | ---: |');
  for (const half of device.features.has('shader-f16') ? [false, true] : [false])
    await table.attempt(`${half ? 16 : 32} bits`, async () =>
      print(await accuracyOf(device, half, software ? SKIP : 1)),
    );
  print('');
  if (!software)
    await table.attempt('a binding over 128 MiB', async () => {
      const held = await largeBuffersHold(new Gpu(device));
      print(`A binding over 128 MiB ${held ? 'holds what is written' : 'has no room here'}.`);
    });
}

async function accuracyOf(device: GPUDevice, half: boolean, skip: number): Promise<string> {
  const backend = createWebgpuBackend(device, { half });
  const { attention, divergence } = await compareWithPlain(backend);
  const goldens = await loadGoldens();
  const shares: number[] = [];
  for (const run of goldens.runs.filter((_, at) => at % skip === 0)) {
    const rows = await backend.attend(goldens.input(run.ratio));
    const settings = { clustering: run.mode, tau: run.tau, window: GOLDEN_WINDOW, k: 8, seed: 1 };
    const { labels } = await cluster(backend, rows, goldens.grid, settings, { budget: 2 ** 26 });
    rows.release();
    shares.push(labels.filter((label, token) => label === run.labels[token]).length / labels.length);
  }
  await backend.release();
  const same = shares.filter((share) => share === 1).length;
  const least = (100 * Math.min(...shares)).toFixed(1);
  const cells = [attention.toExponential(1), divergence.toExponential(1), `${same} of ${shares.length}`];
  return `| ${half ? 16 : 32} bits | ${cells.join(' | ')} | ${least} % |`;
}
