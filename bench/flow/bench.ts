import { Gpu } from '../../src/engine/backend/webgpu/runtime/gpu.ts';
import {
  FLOW_QUALITIES,
  type Flow,
  type FlowBackend,
  type FlowPair,
  type FlowQuality,
} from '../../src/engine/motion/flow.ts';
import { wasmFlow } from '../../src/engine/motion/flow-wasm.ts';
import { webgpuFlow } from '../../src/engine/motion/flow-webgpu.ts';
import { cameraMotion } from '../../src/engine/motion/homography.ts';
import { floatsOf, readSafetensors } from '../../src/engine/weights/safetensors.ts';
import { agreement, endPointError, flowGolden, residualFlow } from '../../test/flow.ts';
import { plainFlow } from '../../test/plain-flow.ts';

type Make = (quality: FlowQuality) => Promise<FlowBackend>;

const wasm: Make = async (quality) => (await wasmFlow(quality)) as FlowBackend;

/** Milliseconds a frame and a pair of the test fixture's scene takes on every backend; Markdown. */
export async function benchFlow(device: GPUDevice | null): Promise<string> {
  const { width, height, luma, others } = await flowGolden();
  const makers: [name: string, make: Make, repeats: number, clock: Clock][] = [
    ['TypeScript', async (quality) => plainFlow(quality) as FlowBackend, 5, processor],
    ['WebAssembly', wasm, 40, processor],
  ];
  if (device) {
    const gpu = new Gpu(device);
    const { vendor, architecture, isFallbackAdapter } = device.adapterInfo;
    const name = ['WebGPU', vendor, architecture].filter(Boolean).join(', ');
    makers.push([
      name,
      async (quality) => (await webgpuFlow(gpu, quality)) as FlowBackend,
      isFallbackAdapter ? 1 : 40,
      wall,
    ]);
  }
  const lines: string[] = [];
  for (const [name, make, repeats, clock] of makers) {
    for (const [quality, settings] of Object.entries(FLOW_QUALITIES)) {
      const backend = await make(settings);
      const prepare = await times(clock, repeats, () => backend.prepare(luma, width, height).release());
      const [own, ...rest] = [luma, ...others.map((other) => other.luma)].map((frame) =>
        backend.prepare(frame, width, height),
      );
      const pairs = rest.map((other): FlowPair => [own!, other]);
      // One to warm up.
      let flows = await backend.flows(pairs);
      const all = await times(clock, repeats, async () => {
        flows = await backend.flows(pairs);
      });
      backend.release();
      const error = mean(flows.map((flow, at) => endPointError(flow, others[at]!.flow)));
      const each = all.map((ms) => ms / pairs.length);
      lines.push(`| ${name} | ${quality} | ${span(prepare)} | ${span(each)} | ${error.toFixed(3)} |`);
    }
  }
  const camera = await times(processor, 20, () => {
    for (const { flow } of others) residualFlow(flow, cameraMotion(flow).homography);
  });
  return [
    `${width} × ${height}, four pairs asked for together; fastest (median) of some runs, on CPUs in processor time.`,
    '',
    '| backend | quality | frame, ms | pair, ms | off the golden flow (full), px |',
    '| --- | --- | ---: | ---: | ---: |',
    ...lines,
    '',
    `Homography and residual of a pair, TypeScript: ${span(camera.map((ms) => ms / others.length))} ms.`,
  ].join('\n');
}

/** Mean distance to OpenCV's flow of the same frames and parameters, as opencv.py wrote it; Markdown. */
export async function compareFlow(reference: Uint8Array): Promise<string> {
  const { tensors } = readSafetensors(reference);
  const floats = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The reference has no ${name}.`);
    return floatsOf(tensor)!;
  };
  const names = [...tensors.keys()].filter((key) => key.endsWith('.from')).map((key) => key.slice(0, -5));
  const found: number[][] = [];
  for (const name of names) {
    const [height, width] = tensors.get(`${name}.from`)!.shape as [number, number];
    const theirs = (quality: string, way: string): Flow => ({
      ...{ width, height },
      xy: Float32Array.from(floats(`${name}.${quality}.${way}`)),
    });
    const ours = async (quality: FlowQuality) => {
      const backend = await wasm(quality);
      const pair = ['from', 'to'].map((end) => backend.prepare(floats(`${name}.${end}`), width, height));
      const [flow] = await backend.flows([pair as unknown as FlowPair]);
      return flow!;
    };
    const { full, cpu } = FLOW_QUALITIES;
    const reference = theirs('full', 'there');
    const agrees = agreement(reference, theirs('full', 'back'));
    const coarse = theirs('cpu', 'there');
    found.push([
      mean([...agrees]),
      endPointError(await ours(full), reference, agrees),
      endPointError(await ours({ ...cpu, gain: 1 }), coarse, agrees),
      endPointError(await ours(cpu), reference, agrees),
      endPointError(coarse, reference, agrees),
    ]);
  }
  const row = (name: string, [share, ...errors]: readonly number[]) =>
    `| ${name} | ${percent(share!)} | ${errors.map((error) => error.toFixed(4)).join(' | ')} |`;
  const means = found[0]!.map((_, column) => mean(found.map((row) => row[column]!)));
  return [
    "Mean distance in pixels, where OpenCV's full flow agrees with the one back.",
    '',
    "| pair | agree | full, to OpenCV's | cpu with gain 1, to OpenCV's | cpu, to OpenCV's full | OpenCV's cpu, to its full |",
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...names.map((name, at) => row(name, found[at]!)),
    row('all', means),
  ].join('\n');
}

type Clock = () => number;

const wall: Clock = () => performance.now();

/** Of all threads, which here are one: other work on the machine hardly counts. */
const processor: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function times(clock: Clock, repeats: number, work: () => void | Promise<void>): Promise<number[]> {
  const taken: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = clock();
    await work();
    taken.push(clock() - start);
  }
  return taken.sort((a, b) => a - b);
}

const span = (sorted: readonly number[]) =>
  `${sorted[0]!.toFixed(1)} (${sorted[Math.floor(sorted.length / 2)]!.toFixed(1)})`;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
