import { describe, expect, test } from 'vitest';
import { uniformFlow } from '../../../test/flow.ts';
import { agreement, carryLabels, carryValues } from './carry.ts';

describe('agreement of both directions', () => {
  test('holds where the way back leads back, and not where it leads out of the frame or elsewhere', () => {
    const there = uniformFlow(6, 2, [2, 0]);
    const back = uniformFlow(6, 2, [-2, 0]);
    // Back from pixel 4 of the second row, something else comes.
    back.xy[2 * (6 + 4)] = 3;
    expect([...agreement(there, back)]).toEqual([1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0]);
  });

  test('is stricter with small motions than with large ones', () => {
    const off = (size: number) =>
      agreement(uniformFlow(64, 1, [size, 0]), uniformFlow(64, 1, [1 - size, 0]))[0];
    expect([off(1), off(20)]).toEqual([0, 1]);
  });

  test('does not hold where a flow is no number', () => {
    const broken = uniformFlow(2, 1, [Number.NaN, 0]);
    expect([...agreement(broken, uniformFlow(2, 1, [0, 0]))]).toEqual([0, 0]);
    expect([...agreement(uniformFlow(2, 1, [0, 0]), broken)]).toEqual([0, 0]);
  });
});

describe('carrying', () => {
  test('takes the label of where the flow goes, to the nearest pixel', () => {
    const labels = Uint16Array.of(1, 2, 3, 4);
    expect([...carryLabels(labels, uniformFlow(4, 1, [1.4, 0]), 9)]).toEqual([2, 3, 4, 9]);
    expect([...labels]).toEqual([1, 2, 3, 4]);
    const trusted = Uint8Array.of(1, 0, 1, 1);
    expect([...carryLabels(labels, uniformFlow(4, 1, [-1, 0]), 9, trusted)]).toEqual([9, 9, 2, 3]);
  });

  test('interpolates numbers, and repeats the border', () => {
    const values = Float32Array.of(0, 1, 2, 4, 5, 6);
    expect([...carryValues(values, uniformFlow(3, 2, [0.5, -0.25]))]).toEqual([0.5, 1.5, 2, 3.5, 4.5, 5]);
    const trusted = Uint8Array.of(0, 1, 1, 1, 1, 1);
    expect(carryValues(values, uniformFlow(3, 2, [0, 0]), -1, trusted)[0]).toBe(-1);
  });

  test('refuses maps of another size', () => {
    const flow = uniformFlow(3, 2, [0, 0]);
    expect(() => carryLabels(new Uint8Array(5), flow, 0)).toThrow(RangeError);
    expect(() => carryValues(new Float32Array(7), flow)).toThrow(RangeError);
    expect(() => carryValues(new Float32Array(6), flow, 0, new Uint8Array(5))).toThrow(RangeError);
    expect(() => agreement(flow, uniformFlow(2, 2, [0, 0]))).toThrow(RangeError);
  });
});
