import { describe, expect, it } from 'vitest';
import { typedOutlines, typedSettings } from './settings.ts';

describe('typedSettings', () => {
  it.each([
    [{}, {}],
    [{ size: '192x384' }, { height: 192, width: 384 }],
    [{ frames: '10:20' }, { start: 10, end: 20 }],
    [{ frames: ':20' }, { start: 0, end: 20 }],
    [{ frames: '10:' }, { start: 10, end: null }],
    [
      { tau: '0.25', stride: '4', seed: '0' },
      { tau: 0.25, stride: 4, seed: 0 },
    ],
    [{ temperature: '2' }, { temperature: 2 }],
    [{ temperature: '2,2,1.5' }, { temperature: [2, 2, 1.5] }],
    [
      { clustering: 'kmeans', metric: 'F', device: 'wasm' },
      { clustering: 'kmeans', metric: 'F', device: 'wasm' },
    ],
  ])('reads %o', (typed, settings) => {
    expect(typedSettings('segment', typed)).toEqual(settings);
  });

  it.each([
    [{ size: '192' }, '--size is 192'],
    [{ frames: '10-20' }, '--frames is 10-20'],
    [{ stride: '1.5' }, '--stride is 1.5'],
    [{ tau: '' }, '--tau is '],
    [{ tau: 'Infinity' }, '--tau is Infinity'],
    [{ temperature: '2,' }, '--temperature is 2,'],
    [{ clustering: 'agglomerative' }, '--clustering is agglomerative'],
    [{ clustering: 'best' }, '--clustering is best'],
  ])('refuses %o', (typed, message) => {
    expect(() => typedSettings('segment', typed)).toThrow(
      expect.objectContaining({ code: 'cli/usage', message: expect.stringContaining(message) }),
    );
  });
});

describe('typed outlines', () => {
  it('are along edges or smooth, and the engine’s own where nothing is said', () => {
    expect(typedOutlines('segment', {})).toEqual({});
    expect(typedOutlines('segment', { outlines: 'edges' })).toEqual({ edges: true });
    expect(typedOutlines('segment', { outlines: 'smooth' })).toEqual({ edges: false });
    expect(() => typedOutlines('segment', { outlines: 'round' })).toThrow(/--outlines is round/);
  });
});
