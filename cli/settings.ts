import type { RunSettings } from '../src/engine/settings/run.ts';
import { type Options, usage, type Values } from './command.ts';

const CLUSTERINGS = ['paper', 'windowed', 'released', 'kmeans', 'agglomerative'] as const;
const METRICS = ['Av', 'A', 'Fv', 'F'] as const;
const POOLS = { 1: 1, 2: 2 } as const;
const DEVICES = ['auto', 'wasm', 'webgpu'] as const;

/** The options that make a run; what is not given is what suits the model, clip and machine. */
export const runOptions = {
  size: { type: 'string', value: 'HxW', help: 'input size of the model in pixels, as in 192x384' },
  frames: {
    type: 'string',
    value: 'A:B',
    help: 'from frame A up to, not with, frame B; either may be left out',
  },
  stride: { type: 'string', value: 'N', help: 'every Nth frame' },
  tau: { type: 'string', value: 'X', help: 'clusters nearer than this become one' },
  ratio: { type: 'string', value: 'X', help: 'share of frames that are key frames, up to 1' },
  clustering: { type: 'string', value: 'WAY', help: CLUSTERINGS.join(', ') },
  window: { type: 'string', value: 'N', help: 'frames of a window (windowed, released, agglomerative)' },
  metric: { type: 'string', value: 'WHAT', help: `what is clustered: ${METRICS.join(', ')}` },
  pool: { type: 'string', value: 'N', help: 'squares of N × N key positions count as one, 1 or 2' },
  k: { type: 'string', value: 'K', help: 'clusters of kmeans' },
  seed: { type: 'string', value: 'N', help: 'start of kmeans' },
  temperature: {
    type: 'string',
    value: 'X',
    help: 'sharpens the attention; one number, or one a head: 2,2,1',
  },
  outlines: {
    type: 'string',
    value: 'HOW',
    help: 'edges: along those of the picture (default); smooth: between the tokens',
  },
  device: { type: 'string', value: 'WHERE', help: DEVICES.join(', ') },
} satisfies Options;

/** Whether masks follow the picture's edges; nothing where that was not typed. Throws `cli/usage`. */
export function typedOutlines(command: string, { outlines }: Values<typeof runOptions>): { edges?: boolean } {
  if (outlines === undefined) return {};
  if (outlines === 'edges' || outlines === 'smooth') return { edges: outlines === 'edges' };
  throw usage(command, `--outlines is ${outlines}, but it has to be edges or smooth.`);
}

/** The settings that were typed. Throws `cli/usage`; whether a value suits the model is for the engine to say. */
export function typedSettings(command: string, values: Values<typeof runOptions>): Partial<RunSettings> {
  const wrong = (name: string, wants: string) =>
    usage(command, `--${name} is ${values[name as keyof typeof values]}, but it has to be ${wants}.`);

  const number = (name: keyof typeof runOptions, whole: boolean) => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) throw wrong(name, 'a number');
    if (whole && !Number.isInteger(value)) throw wrong(name, 'a whole number');
    return value;
  };
  const oneOf = <T extends string>(name: keyof typeof runOptions, choices: readonly T[]) => {
    const text = values[name];
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (!found) throw wrong(name, `one of ${choices.join(', ')}`);
    return found;
  };
  const matched = (name: keyof typeof runOptions, pattern: RegExp, wants: string) => {
    const text = values[name];
    if (text === undefined) return undefined;
    const found = pattern.exec(text);
    if (!found) throw wrong(name, wants);
    return found;
  };

  const size = matched('size', /^(\d+)[x×](\d+)$/, 'HEIGHTxWIDTH, as in 192x384');
  const frames = matched('frames', /^(\d*):(\d*)$/, 'A:B, as in 0:50');
  const temperature = matched('temperature', /^[\d.]+(,[\d.]+)*$/, 'a number, or one a head: 2,2,1');
  const pool = oneOf('pool', ['1', '2']);
  const each = temperature?.[0].split(',').map(Number);

  return given({
    height: size && Number(size[1]),
    width: size && Number(size[2]),
    start: frames && Number(frames[1]),
    end: frames && (frames[2] === '' ? null : Number(frames[2])),
    stride: number('stride', true),
    tau: number('tau', false),
    ratio: number('ratio', false),
    clustering: oneOf('clustering', CLUSTERINGS),
    window: number('window', true),
    pool: pool && POOLS[pool],
    metric: oneOf('metric', METRICS),
    k: number('k', true),
    seed: number('seed', true),
    temperature: each?.length === 1 ? each[0] : each,
    device: oneOf('device', DEVICES),
  });
}

/** The entries that are not undefined, so that they can be laid over others. */
function given<T extends object>(values: { [Name in keyof T]: T[Name] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
