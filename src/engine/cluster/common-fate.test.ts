import { describe, expect, test } from 'vitest';
import { foregroundOf, joinByMotion, meanMotion } from './common-fate.ts';

describe('what moves by itself', () => {
  test('means are weighed by tokens; pending tokens and empty clusters count for nothing', () => {
    const labels = Int32Array.of(0, 0, 1, -1, 1);
    const m = Float32Array.of(0.25, 0.75, 1, 1, 0.5);
    expect([...meanMotion(labels, 3, m)]).toEqual([0.5, 0.75, 0]);
  });

  test.each([
    ['all from one half', [0.5, 0.9, 0.49, 0], [true, true, false, false]],
    ['where none reaches it, the nearest', [0.1, 0.4, 0.3], [false, true, false]],
    ['unless it is below a quarter', [0.1, 0.2, 0], [false, false, false]],
  ])('%s', (_, motion, foreground) => {
    expect(foregroundOf(Float32Array.from(motion))).toEqual(foreground);
  });
});

describe('common fate', () => {
  // Background 0; a trunk 1 and a leg 2 that touch along three tokens; 3 is apart.
  const rows = [
    [0, 1, 1, 1, 0, 3],
    [0, 2, 2, 2, 0, 3],
    [0, 0, 0, 0, 0, 3],
  ];
  const one = rows.flat();
  const frames = 4;
  const grid = { frames, rows: 3, columns: 6 };
  const labels = Int32Array.from({ length: frames * one.length }, (_, token) => one[token % one.length]!);
  const foreground = [false, true, true, true];

  /** Every cluster's motion in every frame, in pixels a frame to the right; those that stand still have m = 0. */
  const moving = (speed: (cluster: number, frame: number) => number) => {
    const m = new Float32Array(labels.length);
    const residual = new Float32Array(2 * labels.length);
    for (const [token, label] of labels.entries()) {
      m[token] = foreground[label] ? 1 : 0;
      residual[2 * token] = speed(label, Math.floor(token / one.length));
    }
    return { m, residual };
  };

  test('what touches and moves as one is one; what is apart stays apart', () => {
    const level = joinByMotion(
      labels,
      4,
      foreground,
      moving((cluster) => (cluster ? 5 : 0)),
      grid,
    );
    expect(level).toEqual({ clusters: 3, parent: Int32Array.of(0, 1, 1, 2) });
  });

  test('a leg that swings about the trunk belongs to it', () => {
    const speed = (cluster: number, frame: number) => (cluster === 2 ? 6 + (frame % 2 ? 2 : -2) : 6);
    expect(joinByMotion(labels, 4, foreground, moving(speed), grid)?.clusters).toBe(3);
  });

  test('a leg that swings faster than the trunk goes belongs to it: they do not drift apart', () => {
    const speed = (cluster: number, frame: number) => (cluster === 2 ? 6 + (frame % 2 ? 9 : -9) : 6);
    expect(joinByMotion(labels, 4, foreground, moving(speed), grid)?.clusters).toBe(3);
  });

  test('what it only meets is another thing, though they go the same way', () => {
    const meeting = labels.map((label, token) => (label === 2 && token >= one.length ? 3 : label));
    const later = meeting.map((label, token) =>
      token >= one.length && token % 18 > 12 && label === 0 ? 2 : label,
    );
    const motion = {
      m: new Float32Array(later.length).fill(1),
      residual: new Float32Array(2 * later.length).fill(5),
    };
    const leg = [false, true, true, false];
    expect(joinByMotion(later, 4, leg, motion, grid)).toBeNull();
  });

  test('what moves against it is another thing', () => {
    const speed = (cluster: number) => [0, 5, -5, 5][cluster]!;
    expect(joinByMotion(labels, 4, foreground, moving(speed), grid)).toBeNull();
  });

  test('the background joins nothing, whatever touches it', () => {
    const still = [false, true, false, false];
    expect(
      joinByMotion(
        labels,
        4,
        still,
        moving(() => 5),
        grid,
      ),
    ).toBeNull();
  });

  test('a single pair of tokens is no contact', () => {
    const apart = labels.map((label, token) => (label === 2 && token % 6 > 1 ? 0 : label));
    expect(
      joinByMotion(
        apart,
        4,
        foreground,
        moving(() => 5),
        grid,
      ),
    ).toBeNull();
  });

  test('joining goes on from one to the next', () => {
    const chain = Int32Array.of(1, 2, 3, 1, 2, 3);
    const motion = { m: new Float32Array(6).fill(1), residual: new Float32Array(12).fill(3) };
    const level = joinByMotion(chain, 4, foreground, motion, { frames: 1, rows: 2, columns: 3 });
    expect(level).toEqual({ clusters: 2, parent: Int32Array.of(0, 1, 1, 1) });
  });
});
