import type { AttentionInput, Grid } from '../src/engine/backend/types.ts';
import { keyFrames } from '../src/engine/tokens/keyframes.ts';

/** One clustering of the independent reference: which settings, and what came of them. */
export interface GoldenRun {
  name: string;
  ratio: number;
  tau: number;
  mode: 'paper' | 'windowed' | 'released';
  keyFrames: number[];
  /** Number of clusters after each hierarchy. */
  levels: number[];
  labels: Int32Array;
  /** [clusters, width] */
  centroids: Float32Array;
}

export interface Goldens {
  grid: Grid;
  input(ratio: number): AttentionInput;
  /** Rows of A'v of all tokens, [tokens, width]. */
  attention(ratio: number): Float32Array;
  /** Tokens' features, [tokens, dim]. */
  features: Float32Array;
  dim: number;
  runs: GoldenRun[];
}

const FOLDER = './fixtures/goldens/';
/** Frames of a window in the reference's windowed and released runs. */
export const GOLDEN_WINDOW = 3;

/** The clustering goldens, read by whatever this runs on. For tests. */
export async function loadGoldens(): Promise<Goldens> {
  const bytes = await readFixture('clustering.expected.safetensors');
  const index = JSON.parse(new TextDecoder().decode(await readFixture('index.json'))).clustering;
  const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)));
  const slice = (name: string) => {
    const [begin, end] = header[name].data_offsets as [number, number];
    return bytes.buffer.slice(8 + headerBytes + begin, 8 + headerBytes + end);
  };
  const floats = (name: string) => new Float32Array(slice(name));

  const grid: Grid = { frames: index.frames, rows: index.grid[0], columns: index.grid[1] };
  const input = (ratio: number) =>
    inputFrom(floats('q'), floats('k'), grid, index.heads, keyFrames(grid.frames, ratio));
  const runs: GoldenRun[] = index.runs.map(
    (run: Pick<GoldenRun, 'ratio' | 'tau' | 'mode' | 'levels'> & { key: string; key_frames: number[] }) => ({
      ...run,
      name: `${run.mode}, ratio ${run.ratio}, τ ${run.tau}`,
      keyFrames: run.key_frames,
      labels: new Int32Array(slice(run.key)),
      centroids: floats(run.key.replace('labels', 'centroids')),
    }),
  );
  return {
    grid,
    input,
    attention: (ratio) => floats(`attention.ratio${ratio.toFixed(1)}`),
    features: floats('features'),
    dim: index.dim,
    runs,
  };
}

/** Attention over q and k held whole, [tokens, heads·channels]. For tests and benches. */
export function inputFrom(
  q: Float32Array,
  k: Float32Array,
  grid: Grid,
  heads: number,
  keyFrames: readonly number[],
  temperature: readonly number[] = Array.from({ length: heads }, () => 1),
): AttentionInput {
  const frame = q.length / grid.frames;
  return {
    grid,
    heads,
    channels: frame / (grid.rows * grid.columns) / heads,
    keyFrames,
    temperature,
    read: async (which, first, count) =>
      (which === 'q' ? q : k).subarray(first * frame, (first + count) * frame),
  };
}

async function readFixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(/* @vite-ignore */ FOLDER + name, import.meta.url);
  if (url.protocol === 'file:') {
    const { readFile } = await import('node:fs/promises');
    return Uint8Array.from(await readFile(url));
  }
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
