import { serial } from '../../../lib/task.ts';
import { Graph } from '../../onnx/graph.ts';
import type { MemoryTracker } from '../memory.ts';
import { P_FLOOR } from '../numerics.ts';
import { headSums, inBlocks, type Keys, lazySession, logAndEntropy } from './attention.ts';
import type { WasmRows } from './rows.ts';

/** D (Eq. 2) of rows to fixed ones, straight from the rows' queries: they never leave ONNX Runtime's memory. */
export interface Comparer {
  /**
   * [count, fixed.count]. What is made of the fixed rows is kept until others come.
   * @param behind [count, columns]: what the rows have behind A'v, where the fixed ones have as many columns more
   */
  distances(queries: Float32Array, fixed: WasmRows, behind: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

export function createComparer(keys: Keys, tracker: MemoryTracker): Comparer {
  const turn = serial();
  let kept: { fixed: WasmRows; session: ReturnType<typeof lazySession> } | null = null;
  const bytesOf = ({ count }: WasmRows) => 8 * keys.width * count;

  async function forget(): Promise<void> {
    if (!kept) return;
    const { fixed, session } = kept;
    kept = null;
    tracker.give(bytesOf(fixed));
    await session.release();
  }

  async function sessionFor(fixed: WasmRows) {
    if (kept?.fixed !== fixed) {
      await forget();
      tracker.take(bytesOf(fixed));
      kept = { fixed, session: lazySession(() => comparisonGraph(keys, fixed)) };
    }
    return kept.session.get();
  }

  return {
    // One after the other: what a call compares with stays until it has ended.
    distances: (queries, fixed, behind) =>
      turn(async () => {
        const count = queries.length / (keys.heads * keys.channels);
        const distances = new Float32Array(count * fixed.count);
        const session = await sessionFor(fixed);
        await inBlocks(session, keys, queries, ({ d }, first) => distances.set(d!, first * fixed.count));
        addBehind(distances, behind, fixed, keys.width);
        return distances;
      }),
    release: () => turn(forget),
  };
}

/**
 * Adds what the columns behind A'v add to D: it is a sum over columns, (a − b)(log a − log b) of each, and rows are not
 * normalised again when they are extended. Rounding may have left less than nothing of a D.
 */
function addBehind(distances: Float32Array, behind: Float32Array, fixed: WasmRows, width: number): void {
  const columns = fixed.width - width;
  const logs = behind.map((value) => Math.log(Math.max(value, P_FLOOR)));
  for (let at = 0; at < distances.length; at++) {
    const row = Math.floor(at / fixed.count) * columns;
    const other = (at % fixed.count) * fixed.width + width;
    let d = distances[at]!;
    for (let column = 0; column < columns; column++)
      d +=
        (behind[row + column]! - fixed.p[other + column]!) * (logs[row + column]! - fixed.l[other + column]!);
    distances[at] = Math.max(0, d);
  }
}

/**
 * q → heads · A'v → its logarithm → D to the fixed rows, by the columns that these have of A'v. P of rows is heads times too
 * large, and so are all logarithms: D holds only differences of these, and what they are multiplied by is divided here, in
 * the constants.
 */
function comparisonGraph(keys: Keys, fixed: WasmRows): Graph {
  const { heads, width } = keys;
  const { count } = fixed;
  const [p, l] = [new Float32Array(width * count), new Float32Array(width * count)];
  const h = new Float32Array(count);
  const more = Math.log(heads);
  for (let j = 0; j < count; j++) {
    let sum = 0;
    for (let x = 0, at = j * fixed.width; x < width; x++, at++) {
      const log = fixed.l[at]! + more;
      p[x * count + j] = fixed.p[at]!;
      l[x * count + j] = log / heads;
      sum += fixed.p[at]! * log;
    }
    h[j] = sum;
  }
  const graph = new Graph('comparison');
  const sums = headSums(graph, keys);
  const own = logAndEntropy(graph, sums, heads * P_FLOOR);
  const share = graph.floats(Float32Array.of(1 / heads), []);
  const entropy = graph.node('Unsqueeze', [graph.node('Mul', [own.h, share]), graph.ints([1])]);
  const half = graph.node('MatMul', [sums, graph.floats(l, [width, count])]);
  const products = graph.node('Gemm', [own.l, graph.floats(p, [width, count]), half]);
  const entropies = graph.node('Add', [entropy, graph.floats(h, [1, count])]);
  graph.output('d', graph.node('Sub', [entropies, products]), ['n', count]);
  return graph;
}
