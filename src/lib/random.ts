/** A seeded source of random numbers whose whole state is one integer, so that a checkpoint can hold it. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  /** Standard normal. */
  normal(): number;
  /** Goes on from here when given to `createRandom`. */
  readonly state: number;
}

/** A Weyl sequence on 32 bits, each term scrambled by two multiply-and-shift rounds. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    integer: (below) => Math.floor(next() * below),
    // Box and Muller's cosine half; 1 - u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    get state() {
      return state;
    },
  };
}

/** One seed from several numbers: the same numbers give the same seed, near ones give far seeds. */
export function mixSeeds(...numbers: readonly number[]): number {
  return numbers.reduce((seed, number) => {
    const mixed = Math.imul(seed ^ (seed >>> 15) ^ number, 0x2c1b3c6d);
    return (mixed ^ (mixed >>> 13)) >>> 0;
  }, 0x5bd1e995);
}

/** `count` different integers in [0, below), ascending. */
export function sample(random: Random, count: number, below: number): number[] {
  const pool = Array.from({ length: below }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(below - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count).sort((a, b) => a - b);
}
