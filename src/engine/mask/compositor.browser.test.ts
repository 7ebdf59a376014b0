import { describe, expect, test } from 'vitest';
import { composed, height, picture, scene, width } from '../../../test/effects.ts';
import type { Looks } from './compositor.ts';
import { BACKGROUNDS } from './effects.ts';
import { createWebglCompositor } from './webgl-compositor.ts';

describe('WebGL gives what the definition gives', () => {
  const gpu = createWebglCompositor({ software: true })!;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.putImageData(new ImageData(picture, width), 0, 0);
  const shown = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;

  test.each(BACKGROUNDS)('background %s', (background) => {
    for (const looks of [
      ['none', 'pixelate', 'blur'],
      ['fill', null, 'outline'],
      ['blur', 'blur', null],
    ] satisfies Looks[]) {
      for (const effects of [
        { background, colour: 0x3366cc, strength: 0.05, feather: 5, shift: 1.5 },
        { background, colour: 0x3366cc, strength: 0.01, feather: 0, shift: 0 },
      ]) {
        const wanted = composed(effects, looks);
        shown.drawImage(gpu.composite(canvas, scene(effects, looks))!, 0, 0);
        const { data } = shown.getImageData(0, 0, width, height);
        const off = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - data[i]!)), 0);
        expect(off).toBeLessThanOrEqual(2);
      }
    }
  });
});
