import { createWebgpuBackend } from '../../src/engine/backend/webgpu/backend.ts';
import { compareWithPlain } from '../../src/engine/backend/webgpu/selftest.ts';
import { cluster } from '../../src/engine/cluster/algorithm1.ts';
import { GOLDEN_WINDOW, loadGoldens } from '../../test/cluster-goldens.ts';

/**
 * What storing rows in 16 bits costs on `device`: the self-test's differences, and how many of the independent reference's
 * clusterings come out the same to the last label; Markdown.
 */
export async function benchAccuracy(device: GPUDevice): Promise<string> {
  const widths = device.features.has('shader-f16') ? [false, true] : [false];
  const lines: string[] = [];
  for (const half of widths) lines.push(await accuracyOf(device, half));
  return [
    '| rows in | A′v off by | D off by | reference runs with the same labels | tokens with the same label, least |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

async function accuracyOf(device: GPUDevice, half: boolean): Promise<string> {
  const backend = createWebgpuBackend(device, { half });
  const { attention, divergence } = await compareWithPlain(backend);
  const goldens = await loadGoldens();
  const shares: number[] = [];
  for (const run of goldens.runs) {
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
