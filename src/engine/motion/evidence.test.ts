import { afterAll, describe, expect, test } from 'vitest';
import { motionWeightFile } from '../../../test/motion.ts';
import { createRandom } from '../../lib/random.ts';
import type { Shot } from '../video/shots.ts';
import { readMotionWeights } from '../weights/motion.ts';
import { createMotion } from './evidence.ts';
import { CELL } from './features.ts';
import { FLOW_QUALITIES } from './flow.ts';
import { wasmFlow } from './flow-wasm.ts';
import { createMotionNet } from './net.ts';
import { motionConfidence } from './pool.ts';

/** Of the frames, as of the recipe. */
const SIZE = { height: 192, width: 384 };
const FRAMES = 9;
/** Half the side of the square that moves by itself, pixels. */
const HALF = 28;

type Point = readonly [x: number, y: number];

interface Scene {
  /** Point of the still world that a pixel of a frame shows, both from the middle of the picture. */
  camera?: (at: Point, frame: number) => Point;
  /** Middle of the square in a frame, from the middle of the picture; none: nothing moves by itself. */
  square?: (frame: number) => Point;
  /** What lies over a frame's picture, [height, width]. */
  weather?: (luma: Float32Array, frame: number) => void;
  seed?: number;
}

/** Smooth noise at any point: sums of waves of several lengths and directions. */
function texture(seed: number): (at: Point) => number {
  const random = createRandom(seed);
  const waves = Array.from({ length: 48 }, () => {
    const [angle, length] = [2 * Math.PI * random.next(), 6 * 12 ** random.next()];
    return {
      x: (2 * Math.PI * Math.cos(angle)) / length,
      y: (2 * Math.PI * Math.sin(angle)) / length,
      phase: 2 * Math.PI * random.next(),
    };
  });
  return ([x, y]) =>
    12 * waves.reduce((sum, wave) => sum + Math.sin(wave.x * x + wave.y * y + wave.phase), 0);
}

/** Luma of a frame, 0…255, and which of the net's cells the square covers by half or more. */
function render({ camera = (at) => at, square, weather, seed = 1 }: Scene, frame: number) {
  const { height, width } = SIZE;
  const [world, own] = [texture(seed), texture(seed + 1)];
  const luma = new Float32Array(height * width);
  const covered = new Float32Array((height / CELL) * (width / CELL));
  const middle = square?.(frame);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at: Point = [x - width / 2, y - height / 2];
      const on: Point | null = middle ? [at[0] - middle[0], at[1] - middle[1]] : null;
      const inside = on !== null && Math.abs(on[0]) <= HALF && Math.abs(on[1]) <= HALF;
      const value = inside ? 150 + own(on) : 110 + world(camera(at, frame));
      luma[y * width + x] = Math.min(Math.max(value, 0), 255);
      if (inside) covered[Math.floor(y / CELL) * (width / CELL) + Math.floor(x / CELL)]! += 1 / CELL ** 2;
    }
  }
  weather?.(luma, frame);
  return { luma, truth: covered.map((share) => Number(share >= 0.5)) };
}

const weights = readMotionWeights(await motionWeightFile());
const rows = SIZE.height / CELL;
const columns = SIZE.width / CELL;
const net = await createMotionNet(weights, { device: 'wasm', rows, columns, batch: 1 });
afterAll(() => net.release());

/** p of some frames, how well p > ½ is the square in the mean (J), or what is drawn, and the clip's confidence. */
async function look(scene: (frame: number) => Scene, shots: readonly Shot[], frames: readonly number[]) {
  const rendered = new Map<number, ReturnType<typeof render>>();
  const at = (frame: number) => {
    const found = rendered.get(frame) ?? render(scene(frame), frame);
    rendered.set(frame, found);
    return found;
  };
  const motion = createMotion(
    async (frame) => at(frame).luma,
    shots,
    SIZE,
    await wasmFlow(FLOW_QUALITIES.cpu),
    net,
  );
  const p = new Float32Array(frames.length * rows * columns);
  const residuals: number[] = [];
  let [sum, drawn] = [0, 0];
  for (const [place, frame] of frames.entries()) {
    const evidence = (await motion.evidence(frame))!;
    p.set(evidence.p, place * rows * columns);
    residuals.push(evidence.residual);
    sum += overlap(evidence.p, at(frame).truth);
    drawn += overlap(evidence.drawn, at(frame).truth);
  }
  await motion.release();
  return {
    J: sum / frames.length,
    drawn: drawn / frames.length,
    confidence: motionConfidence(p, residuals, SIZE.width),
  };
}

/** J of p > ½ against the truth. */
function overlap(p: Float32Array, truth: Float32Array): number {
  const count = (of: (found: boolean, is: boolean) => boolean) =>
    truth.reduce((total, is, cell) => total + Number(of(p[cell]! > 0.5, is === 1)), 0);
  const union = count((found, is) => found || is);
  return union === 0 ? 1 : count((found, is) => found && is) / union;
}

const whole: readonly Shot[] = [{ start: 0, end: FRAMES }];
const MIDDLE = [3, 5];

const turned = ([x, y]: Point, angle: number): Point => [
  x * Math.cos(angle) - y * Math.sin(angle),
  x * Math.sin(angle) + y * Math.cos(angle),
];
const shakes = Array.from({ length: FRAMES }, (_, frame) => {
  const random = createRandom(100 + frame);
  return [8 * random.next() - 4, 8 * random.next() - 4] as const;
});
const cameras: Record<string, Scene['camera']> = {
  'that stands still': (at) => at,
  'that pans': ([x, y], frame) => [x + 3 * frame, y + frame],
  'that zooms': ([x, y], frame) => [x * 0.985 ** frame, y * 0.985 ** frame],
  'that turns': (at, frame) => turned(at, (frame * Math.PI) / 180),
  'that shakes': ([x, y], frame) => [x + shakes[frame]![0], y + shakes[frame]![1]],
};

/** Bright streaks that are elsewhere in every frame. */
function rain(luma: Float32Array, frame: number): void {
  const random = createRandom(200 + frame);
  for (let drop = 0; drop < 120; drop++) {
    const x = Math.floor(random.next() * SIZE.width);
    const y = Math.floor(random.next() * (SIZE.height - 8));
    for (let i = 0; i < 8; i++) luma[(y + i) * SIZE.width + x] = 230;
  }
}

/** One frame, beside those that are looked at, is much brighter. */
function flash(luma: Float32Array, frame: number): void {
  if (frame !== 4) return;
  for (const [pixel, value] of luma.entries()) luma[pixel] = Math.min(255, value + 70);
}

/** The lower half ripples: waves that run over it in three directions brighten and darken it. */
function water(luma: Float32Array, frame: number): void {
  for (let y = SIZE.height / 2; y < SIZE.height; y++) {
    for (let x = 0; x < SIZE.width; x++) {
      const ripples =
        Math.sin(x / 4 + frame * 0.9) +
        Math.sin((x + 2 * y) / 6 - frame * 0.7) +
        Math.sin((y - x) / 5 + frame * 1.3);
      luma[y * SIZE.width + x]! += 6 * ripples;
    }
  }
}

const weathers: Record<string, Scene['weather']> = {
  'in rain': rain,
  'over water': water,
  'beside a flash': flash,
};
const square = (frame: number): Point => [5 * (frame - 4), 2 * (frame - 4)];

describe.each(Object.entries(cameras))('a camera %s', (_, camera) => {
  test('finds what moves by itself', async () => {
    const { J, confidence } = await look(() => ({ camera, square }), whole, MIDDLE);
    expect(J).toBeGreaterThan(0.75);
    expect(confidence).toBe(1);
  });

  test('finds nothing in a still world', async () => {
    const { confidence } = await look(() => ({ camera }), whole, MIDDLE);
    expect(confidence).toBe(0);
  });
});

describe.each(Object.entries(weathers))('%s', (_, weather) => {
  test('what moves by itself is found', async () => {
    const { J, confidence } = await look(() => ({ square, weather }), whole, MIDDLE);
    expect(J).toBeGreaterThan(0.75);
    expect(confidence).toBe(1);
  });

  test('nothing else is', async () => {
    const { confidence } = await look(() => ({ weather }), whole, MIDDLE);
    expect(confidence).toBe(0);
  });
});

test('at a clip’s ends the frame next to them helps to draw; elsewhere nothing is added', async () => {
  const ends = [0, FRAMES - 1];
  for (const camera of [cameras['that stands still'], cameras['that zooms']]) {
    const { J, drawn } = await look(() => ({ camera, square }), whole, ends);
    expect(drawn).toBeGreaterThan(J);
    const middle = await look(() => ({ camera, square }), whole, [4]);
    expect(middle.drawn).toBe(middle.J);
  }
});

test('at a cut each side has the evidence of its own shot', async () => {
  const shots = [
    { start: 0, end: 5 },
    { start: 5, end: 10 },
  ];
  const after = (frame: number): Point => [60 - 5 * (frame - 7), 0];
  const sides = (frame: number): Scene => (frame < 5 ? { square } : { square: after, seed: 7 });
  const { J, confidence } = await look(sides, shots, [4, 5]);
  expect(J).toBeGreaterThan(0.75);
  expect(confidence).toBe(1);
});

test('a shot of one frame has none', async () => {
  const motion = createMotion(
    async () => new Float32Array(SIZE.height * SIZE.width),
    [{ start: 0, end: 1 }],
    SIZE,
    await wasmFlow(FLOW_QUALITIES.cpu),
    net,
  );
  expect(await motion.evidence(0)).toBeNull();
  await motion.release();
});
