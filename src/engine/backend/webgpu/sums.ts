import type { Accumulator, RowMetric } from '../types.ts';
import { finisher, type GpuRows, makeRows, metricConstants, pageRows, strideOf } from './rows.ts';
import type { Gpu } from './runtime/gpu.ts';
import { type Kernel, LANES } from './runtime/kernel.ts';
import sumsSource from './sums.wgsl?raw';

export const SUMS: Kernel = { name: 'sums', source: sumsSource };

/** Clusters of the first page of sums; each further page is twice as large, up to a full one. */
const FIRST_PAGE = 64;

interface SumPage {
  first: number;
  capacity: number;
  /** [capacity, stride] of f32: Σ of members, width · P each for 'kl'. */
  sums: GPUBuffer;
}

/** Sums and counts of the rows of each cluster, in 32 bits on the GPU; as many clusters as labels name. */
export class WebgpuSums implements Accumulator {
  private readonly pages: SumPage[] = [];
  private counts: number[] = [];
  private metric: RowMetric = 'kl';

  constructor(
    private readonly gpu: Gpu,
    private readonly width: number,
    clusters = 0,
  ) {
    this.counts = new Array<number>(clusters).fill(0);
  }

  async add(rows: GpuRows, labels: Int32Array): Promise<void> {
    this.metric = rows.metric;
    const program = await this.gpu.program(SUMS, 'main', metricConstants(rows.metric));
    const quads = strideOf(this.width) / 4;
    let first = 0;
    for (const { count, logits } of rows.pages) {
      const members = membersOf(labels.subarray(first, first + count));
      for (const [cluster, { length }] of members)
        this.counts[cluster] = (this.counts[cluster] ?? 0) + length;
      this.grow();
      const batch = this.gpu.batch('sums');
      for (const page of this.pages) {
        const mine = [...members].filter(
          ([cluster]) => cluster >= page.first && cluster < page.first + page.capacity,
        );
        if (mine.length === 0) continue;
        const begin = [0];
        for (const [, { length }] of mine) begin.push(begin.at(-1)! + length);
        batch.dispatch(program, [Math.ceil(quads / LANES), mine.length], {
          logits,
          members: batch.upload(Uint32Array.from(mine.flatMap(([, list]) => list))),
          begin: batch.upload(Uint32Array.from(begin)),
          clusterOf: batch.upload(Uint32Array.from(mine, ([cluster]) => cluster - page.first)),
          sums: page.sums,
          params: batch.uniform([quads]),
        });
      }
      batch.submit();
      first += count;
    }
    await this.gpu.check();
  }

  async means(): Promise<{ rows: GpuRows; counts: Int32Array }> {
    const { gpu, width, metric } = this;
    this.grow();
    const finish = await finisher(gpu, { width, metric });
    const counts = Int32Array.from(this.counts, (count) => count ?? 0);
    const used = this.pages.map(
      ({ first, capacity }) => [first, Math.min(capacity, counts.length - first)] as const,
    );
    const rows = await makeRows(gpu, { width, metric }, used, (page, first) => {
      const { sums } = this.pages.find((candidate) => candidate.first === first)!;
      const batch = gpu.batch('means');
      const weights = batch.upload(
        Float32Array.from(counts.subarray(first, first + page.count), (count) => count || 1),
      );
      finish(batch, page, { sums, weights, pitch: strideOf(width), factor: 1 });
      batch.submit();
    });
    return { rows, counts };
  }

  release(): void {
    for (const { sums } of this.pages.splice(0)) this.gpu.buffers.destroy(sums);
  }

  /** Adds pages until every counted cluster has a place. */
  private grow(): void {
    for (;;) {
      const last = this.pages.at(-1);
      const first = last ? last.first + last.capacity : 0;
      if (first >= this.counts.length) return;
      const capacity = Math.min(pageRows(this.gpu, this.width), last ? 2 * last.capacity : FIRST_PAGE);
      const bytes = 4 * strideOf(this.width) * capacity;
      this.pages.push({
        first,
        capacity,
        sums: this.gpu.buffers.create(bytes, GPUBufferUsage.STORAGE, 'sums'),
      });
    }
  }
}

/** Rows of each label, ascending. */
function membersOf(labels: Int32Array): Map<number, number[]> {
  const members = new Map<number, number[]>();
  for (const [row, label] of labels.entries()) {
    const list = members.get(label);
    if (list) list.push(row);
    else members.set(label, [row]);
  }
  return members;
}
