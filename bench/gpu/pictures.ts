import { fittingGrid, type Guide, type Membership } from '../../src/engine/backend/guided.ts';
import { plainFilter } from '../../src/engine/backend/plain/guided.ts';
import { webgpuFilter } from '../../src/engine/backend/webgpu/guided.ts';
import { Gpu } from '../../src/engine/backend/webgpu/runtime/gpu.ts';
import { AXES, type BilateralGrid, bilateralGrid } from '../../src/engine/mask/bilateral.ts';
import { ITERATIONS, labelLogits, meanField } from '../../src/engine/mask/meanfield.ts';
import { boxAround } from '../../src/engine/mask/memberships.ts';
import { webgpuMeanField } from '../../src/engine/mask/webgpu-meanfield.ts';
import { FLOW_QUALITIES, type Flow, type FlowBackend, type FlowPair } from '../../src/engine/motion/flow.ts';
import { webgpuFlow } from '../../src/engine/motion/flow-webgpu.ts';
import { linearWeights } from '../../src/lib/linear.ts';
import { endPointError, flowGolden } from '../../test/flow.ts';
import { motionFixture } from '../../test/motion.ts';
import { plainFlow } from '../../test/plain-flow.ts';
import { type Bench, best, bestOnCpu } from './table.ts';

/** Runs of a twin on the CPU. */
const CPU_REPEATS = 15;
const PICTURE = { width: 854, height: 480 };
const TOKENS = { rows: 24, columns: 48 };
const LABELS = [1, 4];
/** Share of the pixels in which the GPU may have another label than the CPU, pixels by which flows may differ. */
const MOST_OTHERS = 0.02;
const MOST_PIXELS = 0.05;

/** The optical flow in both qualities. */
export async function benchFlow(bench: Bench): Promise<void> {
  const { width, height, luma, others } = await flowGolden();
  const gpu = new Gpu(bench.device);
  const frames = [luma, ...others.map((other) => other.luma)];
  for (const [quality, settings] of Object.entries(FLOW_QUALITIES)) {
    const size = `${width} × ${height}, ${quality}`;
    await bench.table.row('optical flow: a frame made ready', size, async () => {
      const flow = await webgpuFlow(gpu, settings);
      const taken = await best(bench, async () => {
        flow.prepare(luma, width, height).release();
        await gpu.check();
      });
      flow.release();
      return taken;
    });
    for (const count of bench.software ? [1] : [1, others.length])
      await bench.table.row(
        `optical flow: ${count === 1 ? 'a pair' : `${count} pairs at once`}`,
        size,
        async () => {
          const flow = (await webgpuFlow(gpu, settings)) as FlowBackend;
          const [first, ...rest] = frames.map((frame) => flow.prepare(frame, width, height));
          const pairs = rest.slice(0, count).map((other): FlowPair => [first!, other]);
          let found: Flow[] = [];
          const taken = await best(bench, async () => {
            found = await flow.flows(pairs);
          });
          const plain = plainFlow(settings);
          const [from, to] = [luma, others[0]!.luma].map((frame) => plain.prepare(frame, width, height));
          const [expected] = await plain.flows([[from!, to!]]);
          const error = endPointError(found[0]!, expected!);
          if (!(error <= MOST_PIXELS)) throw new Error(`it is ${error.toFixed(3)} px off the CPU's`);
          flow.release();
          return taken;
        },
      );
  }
}

/** Tokens to pixels along the picture's edges, by both ways, and the CPU's twins. */
export async function benchMasks(bench: Bench): Promise<void> {
  const { table } = bench;
  const gpu = new Gpu(bench.device);
  const { guide, m } = await picture();
  const grid = bilateralGrid(guide);
  const shape = `${PICTURE.width} × ${PICTURE.height}`;
  await table.row('mean field: its grid, CPU', `${shape}, ${grid.cells} cells`, () =>
    bestOnCpu(() => bilateralGrid(guide), CPU_REPEATS),
  );
  for (const labels of LABELS) {
    const size = `${shape}, ${labels} ${labels === 1 ? 'label' : 'labels'}`;
    const shares = shared(m, labels);
    const logits = labelLogits(shares);
    const onGpu = webgpuMeanField(gpu);
    await table.row('mean field with its grid, CPU', size, () =>
      bestOnCpu(() => meanField(guide, logits, TOKENS), CPU_REPEATS),
    );
    await table.row('mean field with its grid', size, async () => {
      let found = new Uint16Array();
      const taken = await best(bench, async () => {
        found = Uint16Array.from(await onGpu(guide, logits, TOKENS));
      });
      demandAlike(found, await meanField(guide, logits, TOKENS));
      return { ...taken, bytes: meanFieldBytes(grid, labels) };
    });

    const rest = shares.reduce(
      (left, share) => left.map((value, at) => value - share[at]!),
      m.map(() => 1),
    );
    const found = [rest, ...shares].map((values, label): Membership => {
      return { label, values, box: boxAround(values, TOKENS) };
    });
    await table.row('guided filter, CPU', size, () =>
      bestOnCpu(() => plainFilter(TOKENS, guide)(found), CPU_REPEATS),
    );
    await table.row('guided filter', size, async () => {
      const filter = webgpuFilter(gpu)(TOKENS, guide);
      let labelled = new Uint16Array();
      const taken = await best(bench, async () => {
        labelled = Uint16Array.from(await filter(found));
      });
      demandAlike(labelled, await plainFilter(TOKENS, guide)(found));
      return { ...taken, bytes: filterBytes(found.length) };
    });
  }
}

function demandAlike(found: Uint16Array, expected: Uint16Array): void {
  const others = found.reduce((sum, label, at) => sum + Number(label !== expected[at]), 0) / found.length;
  if (!(others <= MOST_OTHERS))
    throw new Error(`${(100 * others).toFixed(1)} % of its pixels have another label than on the CPU`);
}

/** The fixture's picture at the benches' size, and how much of every token is foreground. */
async function picture(): Promise<{ guide: Guide; m: Float32Array }> {
  const fixture = await motionFixture('meanfield.safetensors');
  const { shape, data: rgb } = fixture.raw('picture');
  const [rows, columns] = [shape[0]!, shape[1]!];
  const [across, down] = [linearWeights(PICTURE.width, columns), linearWeights(PICTURE.height, rows)];
  const data = new Uint8ClampedArray(4 * PICTURE.width * PICTURE.height).fill(255);
  for (let y = 0, at = 0; y < PICTURE.height; y++) {
    const [top, bottom, v] = [down.before[y]! * columns, down.after[y]! * columns, down.weight[y]!];
    for (let x = 0; x < PICTURE.width; x++, at += 4) {
      const [left, right, u] = [across.before[x]!, across.after[x]!, across.weight[x]!];
      for (let c = 0; c < 3; c++) {
        const value = (pixel: number) => rgb[3 * pixel + c]!;
        const above = (1 - u) * value(top + left) + u * value(top + right);
        data[at + c] = (1 - v) * above + v * ((1 - u) * value(bottom + left) + u * value(bottom + right));
      }
    }
  }
  return { guide: { ...PICTURE, data }, m: fixture.floats('m') };
}

/** The foreground cut into objects side by side. */
function shared(m: Float32Array, objects: number): Float32Array[] {
  return Array.from({ length: objects }, (_, object) =>
    m.map((share, token) =>
      Math.floor(((token % TOKENS.columns) * objects) / TOKENS.columns) === object ? share : 0,
    ),
  );
}

/** What the mean field's kernels read and write (meanfield.wgsl); a plane read around a pixel counts once. */
function meanFieldBytes({ working, picture, cells }: BilateralGrid, labels: number): number {
  const pixels = working.width * working.height;
  const splat = (labels + 1) * (2 * pixels + 2 * cells);
  const smooth = AXES * (labels + 1) * 4 * cells;
  const weighed = (2 * labels + 1) * cells + 3 * labels * pixels;
  const gaussian = 4 * labels * pixels;
  const normalise = 2 * labels * pixels + pixels + labels * cells;
  const compete = labels * (pixels + cells) + 2 * picture.width * picture.height;
  return 4 * (ITERATIONS * (splat + smooth + weighed + gaussian) + (ITERATIONS - 1) * normalise + compete);
}

/** The same of the guided filter's (guided.wgsl). */
function filterBytes(clusters: number): number {
  const { width, height } = fittingGrid(TOKENS, PICTURE);
  const statistics = 12 + 4 * 9 + 2 * 9;
  const ofCluster = 7 + 16 + 17 + 16 + 4;
  return 4 * (width * height * (statistics + clusters * ofCluster) + 4 * PICTURE.width * PICTURE.height);
}
