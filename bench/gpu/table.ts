import type { Clock, Taken } from './clock.ts';
import type { Opened } from './device.ts';
import type { Peak } from './peaks.ts';

/** What a row measured; its share of a peak is of products and sums where it has `operations`, else of memory. */
export interface Measured extends Taken {
  /** Multiplications and additions, all told. */
  operations?: number;
  /** Bytes that have to be read and written, each plane once by each kernel that needs it. */
  bytes?: number;
}

/** What the rows of a group have in hand: a device of their own. */
export interface Bench extends Opened {
  clock: Clock;
  table: Table;
}

/** A row that takes longer has failed. */
const LONGEST_MS = 90_000;

const HEAD = [
  '| what | size | GPU ms | whole ms | GFLOP/s | GB/s | of the peak |',
  '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
].join('\n');

/** Prints rows as they come, so that what is known stays known whatever happens next. */
export class Table {
  failures = 0;

  constructor(
    private readonly peak: Peak | null,
    private readonly print: (line: string) => void,
  ) {}

  begin(): void {
    this.print(HEAD);
  }

  /** Measures a row; one that fails says why in its place. */
  async row(name: string, size: string, measure: () => Promise<Measured>): Promise<void> {
    await this.attempt(name, async () => {
      const measured = await within(LONGEST_MS, measure());
      this.print(`| ${name} | ${size} | ${this.cells(measured)} |`);
    });
  }

  /** Runs what prints lines of its own; where it fails the reason is a row. */
  async attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.failures++;
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      this.print(`| ${name} | failed: ${reason.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')} | | | | | |`);
    }
  }

  private cells({ gpu, whole, operations, bytes }: Measured): string {
    const seconds = gpu ?? whole;
    const rate = (count: number | undefined) => (count === undefined ? null : count / seconds / 1e9);
    const [flops, memory] = [rate(operations), rate(bytes)];
    const shares = this.peak && [
      flops === null ? null : flops / (1000 * this.peak.teraflops),
      memory === null ? null : memory / this.peak.memory,
    ];
    const share = shares?.find((one) => one !== null);
    const unknown = flops === null && memory === null ? '' : 'unknown';
    return [
      gpu === null ? '' : milliseconds(gpu),
      milliseconds(whole),
      ...[flops, memory].map((value) =>
        value === null ? '' : value < 10 ? value.toPrecision(2) : value.toFixed(0),
      ),
      share == null ? unknown : `${(100 * share).toFixed(1)} %`,
    ].join(' | ');
  }
}

const milliseconds = (seconds: number) =>
  seconds < 0.1 ? (1000 * seconds).toPrecision(3) : (1000 * seconds).toFixed(0);

async function within<T>(limit: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took more than ${limit / 1000} s`)), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The least of some runs on the GPU, after one to warm up. Throws what the device complained of. */
export async function best(
  { clock, software, errors }: Bench,
  work: () => void | Promise<void>,
  repeats = software ? 1 : 10,
): Promise<Taken> {
  await clock.take(work);
  const all: Taken[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) all.push(await clock.take(work));
  const error = errors.shift();
  if (error) throw new Error(error);
  const gpu = all.map((taken) => taken.gpu).filter((seconds) => seconds !== null);
  return {
    gpu: gpu.length === all.length ? Math.min(...gpu) : null,
    whole: Math.min(...all.map(({ whole }) => whole)),
  };
}

/** The least processor time of some runs on the CPU, of all its threads: other work on the machine hardly counts. */
export async function bestOnCpu(work: () => unknown, repeats: number): Promise<Taken> {
  let least = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    // The first run warms up.
    if (repeat > 0) least = Math.min(least, (user + system) / 1e6);
  }
  return { gpu: null, whole: least };
}
