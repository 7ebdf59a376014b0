import type { RowMetric, Rows, Sweep, SweepOptions } from '../types.ts';
import { divergence, splitsOf } from './divergence.ts';
import {
  ascending,
  copier,
  createPage,
  type GpuRows,
  type Page,
  pageRows,
  releasePage,
  spans,
  strideOf,
} from './rows.ts';
import type { Gpu } from './runtime/gpu.ts';
import { type Kernel, LANES, type Program } from './runtime/kernel.ts';
import { WebgpuSums } from './sums.ts';
import sweepSource from './sweep.wgsl?raw';

export const SWEEP: Kernel = { name: 'sweep', source: sweepSource };

/** Candidates of a round, and pivots of earlier calls that rows meet at a time; as in sweep.wgsl. */
const BATCH = 64;
/** Rounds and blocks recorded before the CPU looks at what is left: rounds after the last find nothing to do. */
const ROUNDS = 4;
const BLOCKS = 16;
/** Pivots of the first page of pivots; each further page is twice as large, up to a full one. */
const FIRST_PAGE = 64;

/** Places of sweep.wgsl's structs, in words. */
const STATE = { standing: 0, pivots: 3, pairs: 4, words: 5 };
const PLAN = { candidates: 0, rest: 3, assign: 6, append: 9, words: 12 };

interface PivotPage {
  page: Page;
  /** Number of its first cluster. */
  cluster: number;
  used: number;
}

/** Programs of one metric and comparison. */
interface Programs {
  meet: Program;
  pick: Program;
  resolve: Program;
  assign: Program;
  compact: Program;
  distances: Awaited<ReturnType<typeof divergence>>;
  copy: Awaited<ReturnType<typeof copier>>;
}

/** The sequential sweep, a batch of candidates at a time (sweep.wgsl). */
export class WebgpuSweep implements Sweep {
  pairs = 0;
  private readonly pivots: PivotPage[] = [];
  private readonly sums: WebgpuSums;

  constructor(
    private readonly gpu: Gpu,
    private readonly width: number,
    private readonly options: SweepOptions,
  ) {
    this.sums = new WebgpuSums(gpu, width);
  }

  get clusters(): number {
    const last = this.pivots.at(-1);
    return last ? last.cluster + last.used : 0;
  }

  async add(rows: GpuRows): Promise<Int32Array> {
    const programs = await this.programs(rows.metric);
    const labels = new Int32Array(rows.count);
    let first = 0;
    for (const page of rows.pages) {
      labels.set(await this.addPage(page, programs), first);
      first += page.count;
    }
    await this.sums.add(rows, labels);
    return labels;
  }

  async centroids(): Promise<Rows> {
    return (await this.sums.means()).rows;
  }

  release(): void {
    this.sums.release();
    for (const { page } of this.pivots.splice(0)) releasePage(this.gpu, page);
  }

  private async addPage(page: Page, programs: Programs): Promise<Int32Array> {
    const work = new PageSweep(this.gpu, this.width, page, programs, this.options.tau);
    try {
      const blocks = this.pivots.flatMap((pivots) =>
        [...spans(pivots.used, BATCH)].map(([first, count]) => ({ pivots, first, count })),
      );
      for (const [first, count] of spans(blocks.length, BLOCKS))
        work.meet(blocks.slice(first, first + count));
      for (;;) {
        const last = this.roomy();
        work.rounds(last);
        const { standing, pivots, pairs, assignment } = await work.look();
        last.used = pivots;
        if (standing > 0) continue;
        this.pairs += pairs;
        return assignment;
      }
    } finally {
      work.release();
    }
  }

  /** The last page of pivots, or a new one where that is full. */
  private roomy(): PivotPage {
    const last = this.pivots.at(-1);
    if (last && last.used < last.page.count) return last;
    const capacity = Math.min(pageRows(this.gpu, this.width), last ? 2 * last.page.count : FIRST_PAGE);
    const next = { page: createPage(this.gpu, this.width, capacity), cluster: this.clusters, used: 0 };
    this.pivots.push(next);
    return next;
  }

  private async programs(metric: RowMetric): Promise<Programs> {
    const constants = { INCLUSIVE: this.options.inclusive ? 1 : 0 };
    const [meet, pick, resolve, assign, compact, distances, copy] = await Promise.all([
      this.gpu.program(SWEEP, 'meet'),
      this.gpu.program(SWEEP, 'pick'),
      this.gpu.program(SWEEP, 'resolve', constants),
      this.gpu.program(SWEEP, 'assign', constants),
      this.gpu.program(SWEEP, 'compact'),
      divergence(this.gpu, { width: this.width, metric }),
      copier(this.gpu, this.width),
    ]);
    return { meet, pick, resolve, assign, compact, distances, copy };
  }
}

/** The state on the GPU of one page's way through the sweep. */
class PageSweep {
  private readonly held: GPUBuffer[] = [];
  private readonly splits: number;
  private readonly state: GPUBuffer;
  private readonly plan: GPUBuffer;
  private readonly candidateShape: GPUBuffer;
  private readonly shape: GPUBuffer;
  private readonly selection: GPUBuffer;
  private readonly accepted: GPUBuffer;
  private readonly assignment: GPUBuffer;
  private readonly distances: GPUBuffer;
  /** 0, 1, 2, …, as far as a page of pivots or a batch may reach. */
  private readonly identity: GPUBuffer;
  private standing: GPUBuffer;
  private next: GPUBuffer;

  constructor(
    private readonly gpu: Gpu,
    private readonly width: number,
    private readonly page: Page,
    private readonly programs: Programs,
    private readonly tau: number,
  ) {
    const { STORAGE, COPY_SRC, COPY_DST, INDIRECT } = GPUBufferUsage;
    const { count } = page;
    const make = (words: number, usage = STORAGE) => this.hold(gpu.buffers.create(4 * words, usage, 'sweep'));
    this.splits = splitsOf(width);
    this.state = make(STATE.words, STORAGE | COPY_SRC | COPY_DST);
    this.plan = make(PLAN.words, STORAGE | INDIRECT);
    this.candidateShape = make(5);
    this.shape = make(5);
    this.selection = make(2);
    this.accepted = make(BATCH);
    this.distances = make(this.splits * count * BATCH);
    this.next = make(count);
    this.identity = this.hold(gpu.buffers.upload(ascending(pageRows(gpu, width)), STORAGE, 'sweep'));
    this.standing = this.hold(gpu.buffers.upload(ascending(count), STORAGE, 'sweep'));
    this.assignment = this.hold(
      gpu.buffers.upload(new Int32Array(count).fill(-1), STORAGE | COPY_SRC, 'sweep'),
    );
    gpu.device.queue.writeBuffer(this.state, 4 * STATE.standing, Uint32Array.of(count));
  }

  /** Gives standing rows to pivots of earlier calls. */
  meet(blocks: readonly { pivots: PivotPage; first: number; count: number }[]): void {
    const batch = this.gpu.batch('sweep: earlier pivots');
    const { programs, state, plan, shape } = this;
    for (const { pivots, first, count } of blocks) {
      const params = this.params(batch, pivots, first, count);
      batch.dispatch(programs.meet, [1], { state, plan, shape, params });
      this.product(batch, 'rest', this.standing, pivots.page, this.identity);
      this.settle(batch, params);
    }
    batch.submit();
  }

  /** ROUNDS rounds that find new pivots for `last`. */
  rounds(last: PivotPage): void {
    const { programs, state, plan, candidateShape, shape, selection, accepted, assignment, distances } = this;
    this.gpu.device.queue.writeBuffer(state, 4 * STATE.pivots, Uint32Array.of(last.used));
    const batch = this.gpu.batch('sweep: rounds');
    const params = this.params(batch, last, 0, 0);
    for (let round = 0; round < ROUNDS; round++) {
      batch.dispatch(programs.pick, [1], { state, plan, candidateShape, params });
      this.product(batch, 'candidates', this.standing, this.page, this.standing);
      batch.dispatch(programs.resolve, [1], {
        ...{ state, plan, shape, selection, accepted, assignment, distances, params },
        standing: this.standing,
      });
      this.product(batch, 'rest', this.standing, this.page, accepted);
      programs.copy(
        batch,
        { source: this.page, sourceOf: accepted, target: last.page, targetOf: this.identity, selection },
        { buffer: plan, offset: 4 * PLAN.append },
      );
      this.settle(batch, params);
    }
    batch.submit();
  }

  /** Reads how far the sweep is. */
  async look() {
    const [words, assignment] = await this.gpu.read(
      { buffer: this.state, bytes: 4 * STATE.words },
      { buffer: this.assignment, bytes: 4 * this.page.count },
    );
    const state = new Uint32Array(words!);
    return {
      standing: state[STATE.standing]!,
      pivots: state[STATE.pivots]!,
      pairs: state[STATE.pairs]!,
      assignment: new Int32Array(assignment!),
    };
  }

  release(): void {
    for (const buffer of this.held) this.gpu.buffers.destroy(buffer);
  }

  /** D of a block whose size the GPU has planned. */
  private product(
    batch: ReturnType<Gpu['batch']>,
    what: 'candidates' | 'rest',
    rowOf: GPUBuffer,
    b: Page,
    columnOf: GPUBuffer,
  ): void {
    const { page: a, distances, splits, plan } = this;
    const shape = what === 'candidates' ? this.candidateShape : this.shape;
    const block = { a, rowOf, b, columnOf, shape, distances, pitch: BATCH, splits };
    this.programs.distances(batch, block, { buffer: plan, offset: 4 * PLAN[what] });
  }

  /** Gives rows to the pivots of the block, and keeps the rest standing. */
  private settle(batch: ReturnType<Gpu['batch']>, params: GPUBuffer): void {
    const { programs, state, shape, assignment, distances, standing, next } = this;
    batch.dispatch(
      programs.assign,
      { buffer: this.plan, offset: 4 * PLAN.assign },
      { shape, standing, assignment, distances, params },
    );
    batch.dispatch(programs.compact, [1], { state, standing, next, assignment });
    [this.standing, this.next] = [next, standing];
  }

  private params(
    batch: ReturnType<Gpu['batch']>,
    pivots: PivotPage,
    first: number,
    count: number,
  ): GPUBuffer {
    const copyGroups = Math.ceil(strideOf(this.width) / 4 / LANES);
    return batch.uniform(
      [this.splits, pivots.page.count, pivots.cluster, first, count, copyGroups],
      [this.tau],
    );
  }

  private hold(buffer: GPUBuffer): GPUBuffer {
    this.held.push(buffer);
    return buffer;
  }
}
