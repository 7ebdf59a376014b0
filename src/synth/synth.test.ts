import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from './random.ts';
import { renderFrame } from './render.ts';
import { createScene } from './scene.ts';
import { boundingRadius, FAR, INTERSECT, normalAt, reach, type Shape } from './shapes.ts';
import {
  apply,
  dot,
  length,
  normalise,
  rotation,
  scale,
  subtract,
  transpose,
  type Vector,
} from './vector.ts';

const make = (seed: number, frames = 24) => createScene({ seed, frames, objects: [3, 7] });

const SHAPES: Shape[] = [
  { kind: 'sphere', size: [0.5, 0, 0] },
  { kind: 'box', size: [0.3, 0.5, 0.2] },
  { kind: 'cylinder', size: [0.3, 0, 0.5] },
  { kind: 'torus', size: [0.4, 0, 0.15] },
];

/** How far a point is outside a shape's surface, by its definition. */
function outside({ kind, size: [a, b, c] }: Shape, [x, y, z]: Vector): number {
  const across = Math.hypot(x, y);
  if (kind === 'sphere') return Math.hypot(x, y, z) - a;
  if (kind === 'box') return Math.max(Math.abs(x) - a, Math.abs(y) - b, Math.abs(z) - c);
  if (kind === 'cylinder') return Math.max(across - a, Math.abs(z) - c);
  return Math.hypot(across - a, z) - c;
}

describe.each(SHAPES)('$kind', (shape) => {
  const unit = fc
    .record({
      x: fc.double({ min: -1, max: 1, noNaN: true }),
      y: fc.double({ min: -1, max: 1, noNaN: true }),
      z: fc.double({ min: -1, max: 1, noNaN: true }),
    })
    .filter(({ x, y, z }) => Math.hypot(x, y, z) > 0.1)
    .map(({ x, y, z }): Vector => normalise([x, y, z]));

  test('a ray meets the surface from outside, where nothing lies before it', () => {
    fc.assert(
      fc.property(unit, unit, fc.double({ min: 0, max: 0.4, noNaN: true }), (from, aside, miss) => {
        const origin = scale(from, 3);
        const direction = normalise(subtract(scale(aside, miss), origin));
        const t = INTERSECT[shape.kind](shape.size, ...origin, ...direction);
        const at = (distance: number): Vector =>
          [0, 1, 2].map((i) => origin[i]! + distance * direction[i]!) as unknown as Vector;
        const end = t === FAR ? 6 : t - 2e-3;
        for (let k = 0; k <= 60; k++) expect(outside(shape, at((end * k) / 60))).toBeGreaterThan(-2e-3);
        if (t === FAR) return;
        expect(Math.abs(outside(shape, at(t)))).toBeLessThan(1e-3);
        const normal = normalAt(shape, at(t));
        expect(length(normal)).toBeCloseTo(1, 1);
        expect(dot(normal, direction)).toBeLessThan(0.05);
      }),
    );
  });

  test('reach is as far as any of its surface goes, and its ball holds it', () => {
    fc.assert(
      fc.property(unit, unit, (direction, from) => {
        const t = INTERSECT[shape.kind](shape.size, ...scale(from, 3), ...scale(from, -1));
        if (t === FAR) return;
        const point = scale(from, 3 - t);
        expect(dot(point, direction)).toBeLessThanOrEqual(reach(shape, direction) + 1e-3);
        expect(length(point)).toBeLessThanOrEqual(boundingRadius(shape) + 1e-3);
      }),
    );
  });
});

describe('scenes', () => {
  test('a seed gives the same scene and picture again, another seed another', () => {
    const [a, b, c] = [make(5), make(5), make(6)];
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(renderFrame(a, 3, 40, 30)).toEqual(renderFrame(b, 3, 40, 30));
  });

  test('no solid sinks into the floor or, at first, into another', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { objects } = make(seed);
      for (const [i, { shape, poses }] of objects.entries()) {
        for (const { position, orientation } of poses) {
          const down = apply(transpose(orientation), [0, 0, -1]);
          expect(position[2] - reach(shape, down)).toBeGreaterThan(-0.02);
        }
        for (const other of objects.slice(i + 1)) {
          const apart = length(subtract(poses[0]!.position, other.poses[0]!.position));
          expect(apart).toBeGreaterThanOrEqual(boundingRadius(shape) + boundingRadius(other.shape) - 1e-9);
        }
      }
    }
  });

  test('solids move, and the camera goes straight', () => {
    const { objects, cameras } = make(3);
    const ways = objects.map(({ poses }) => length(subtract(poses.at(-1)!.position, poses[0]!.position)));
    expect(Math.max(...ways)).toBeGreaterThan(0.3);
    const steps = cameras.slice(1).map(({ position }, i) => subtract(position, cameras[i]!.position));
    for (const step of steps) expect(length(subtract(step, steps[0]!))).toBeLessThan(1e-9);
  });

  test('turns stay turns', () => {
    const m = rotation([0.3, -1.2, 2]);
    for (const [i, row] of m.entries())
      for (const [j, other] of m.entries()) expect(dot(row, other)).toBeCloseTo(i === j ? 1 : 0);
  });
});

describe('pictures', () => {
  test('labels are the objects, background 0; most are seen', () => {
    let [seen, all] = [0, 0];
    for (let seed = 0; seed < 10; seed++) {
      const scene = make(seed, 2);
      const { labels } = renderFrame(scene, 0, 96, 64);
      const found = new Set(labels);
      expect(Math.max(...found)).toBeLessThanOrEqual(scene.objects.length);
      expect(found.has(0)).toBe(true);
      found.delete(0);
      seen += found.size;
      all += scene.objects.length;
    }
    expect(seen / all).toBeGreaterThan(0.85);
  });

  test('a lone ball covers the disk that perspective gives it', () => {
    const scene = make(1, 1);
    const [first] = scene.objects;
    const ball = {
      ...first!,
      shape: { kind: 'sphere', size: [0.5, 0, 0] } as const,
      poses: [{ position: [0, 0, 0.5] as const, orientation: rotation([0, 0, 0]) }],
    };
    const camera = { position: [0, -5, 0.5] as const, target: [0, 0, 0.5] as const, view: 0.6 };
    const { labels, rgb } = renderFrame({ ...scene, objects: [ball], cameras: [camera] }, 0, 200, 100);
    // The cone that touches the ball cuts the picture's plane in a circle of radius r / √(d² − r²).
    const radius = (0.5 / Math.sqrt(25 - 0.25) / Math.tan(0.3)) * 50;
    const count = labels.filter((label) => label === 1).length;
    expect(Math.abs(count - Math.PI * radius ** 2)).toBeLessThan(20);
    expect(labels[50 * 200 + 100]).toBe(1);
    expect(new Set(rgb).size).toBeGreaterThan(50);
  });
});

test('random numbers are spread evenly', () => {
  const random = createRandom(7);
  const bins = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) bins[Math.floor(random.between(0, 10))]++;
  expect(Math.min(...bins)).toBeGreaterThan(900);
  expect(Math.max(...bins)).toBeLessThan(1100);
});
