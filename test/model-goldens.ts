import type { BackboneOutput, Model, Normalisation } from '../src/engine/model/types.ts';
import { readArchitecture } from '../src/engine/weights/architecture.ts';
import { timmWeights } from '../src/engine/weights/names.ts';
import { floatsOf, readSafetensors, toWeights } from '../src/engine/weights/safetensors.ts';
import { golden } from './goldens.ts';

/** Test support: the reference's small backbones, inputs and outputs, for Node and the browser alike. */

export const BACKBONES = ['dino', 'dinov2', 'dinov2-registers'] as const;
export const OUTPUTS = ['q', 'k', 'tokens', 'normed', 'attention'] as const;

const IMAGENET: Normalisation = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

export async function goldenModel(name: string): Promise<Model> {
  const { metadata, tensors } = readSafetensors(await golden(`${name}.weights.safetensors`));
  const weights = timmWeights(toWeights(tensors));
  const architecture = readArchitecture(weights, { heads: Number(metadata.heads) });
  const defaults = { height: 40, width: 56, tau: 1, tauRange: [0, 2], tauSingle: 1, temperature: 1 } as const;
  const entry = {
    id: name,
    name,
    summary: '',
    embedded: false,
    patch: architecture.patch,
    dim: architecture.dim,
    depth: architecture.depth,
    parameters: 0,
    file: { url: '', bytes: 0 },
    normalisation: IMAGENET,
    defaults,
    licence: '',
    source: '',
  };
  return { entry, architecture, weights };
}

export interface GoldenRun {
  frames: number;
  height: number;
  width: number;
  /** [frames, 3, height, width], normalised. */
  pixels: Float32Array;
  outputs: Record<BackboneOutput, Float32Array>;
}

export async function goldenRun(name: string): Promise<GoldenRun> {
  const { tensors } = readSafetensors(await golden(`${name}.expected.safetensors`));
  const image = tensors.get('image')!;
  const [frames, height, width] = image.shape as [number, number, number, number];
  const pixels = new Float32Array(frames * 3 * height * width);
  const plane = height * width;
  image.data.forEach((byte, i) => {
    const channel = i % 3;
    const place = Math.floor(i / 3);
    const at = (Math.floor(place / plane) * 3 + channel) * plane + (place % plane);
    pixels[at] = (byte / 255 - IMAGENET.mean[channel]!) / IMAGENET.std[channel]!;
  });
  const floats = (key: string) => floatsOf(tensors.get(key)!)!;
  const outputs = {
    q: floats('q'),
    k: floats('k'),
    tokens: floats('tokens'),
    normed: floats('normed'),
    attention: floats('attn'),
  };
  return { frames, height, width, pixels, outputs };
}

/** Largest absolute difference; infinite where the lengths differ or a value is no number. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
