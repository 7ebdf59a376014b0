import { failure } from './errors.ts';
import type { Misfit } from './faults.ts';
import type { Architecture, CorrelatorArchitecture, Weights } from './types.ts';

/** What tensors cannot say about themselves. */
export interface Hints {
  heads?: number;
  /** [rows, columns] of a position embedding that is not square. */
  positionGrid?: readonly [number, number];
  epsilon?: number;
  /** Types of tensors that the file has but that are not read, by name. */
  unread?: ReadonlyMap<string, string>;
}

/** timm's, DINO's and DINOv2's layer norms. */
const BACKBONE_EPSILON = 1e-6;
/** PyTorch's own default, which the authors' correlator keeps. */
const CORRELATOR_EPSILON = 1e-5;
/** Channels of a head in every published ViT. */
const HEAD_CHANNELS = 64;
/** Heads of the paper's correlator. */
const CORRELATOR_HEADS = 8;

type Shapes = Map<string, readonly number[]>;

const blockShapes = (prefix: string, dim: number, hidden: number): [string, readonly number[]][] => [
  [`${prefix}norm1.weight`, [dim]],
  [`${prefix}norm1.bias`, [dim]],
  [`${prefix}attn.qkv.weight`, [3 * dim, dim]],
  [`${prefix}attn.proj.weight`, [dim, dim]],
  [`${prefix}attn.proj.bias`, [dim]],
  [`${prefix}norm2.weight`, [dim]],
  [`${prefix}norm2.bias`, [dim]],
  [`${prefix}mlp.fc1.weight`, [hidden, dim]],
  [`${prefix}mlp.fc1.bias`, [hidden]],
  [`${prefix}mlp.fc2.weight`, [dim, hidden]],
  [`${prefix}mlp.fc2.bias`, [dim]],
];

/** Every tensor of an architecture and its shape. */
function backboneShapes(a: Architecture, positions: number): Shapes {
  const shapes: Shapes = new Map([
    ['cls_token', [1, 1, a.dim]],
    ['pos_embed', [1, positions, a.dim]],
    ['patch_embed.proj.weight', [a.dim, 3, a.patch, a.patch]],
    ['patch_embed.proj.bias', [a.dim]],
    ['norm.weight', [a.dim]],
    ['norm.bias', [a.dim]],
  ]);
  if (a.registers > 0) shapes.set('reg_token', [1, a.registers, a.dim]);
  for (let i = 0; i < a.depth; i++) {
    for (const [name, shape] of blockShapes(`blocks.${i}.`, a.dim, a.hidden)) shapes.set(name, shape);
    shapes.set(`blocks.${i}.attn.qkv.bias`, [3 * a.dim]);
    if (a.layerScale) {
      shapes.set(`blocks.${i}.ls1.gamma`, [a.dim]);
      shapes.set(`blocks.${i}.ls2.gamma`, [a.dim]);
    }
  }
  return shapes;
}

/** Says of every tensor that is missing, misshapen or unknown what is wrong with it. */
function misfits(weights: Weights, wanted: Shapes, hints: Hints): Misfit[] {
  const problems: Misfit[] = [];
  for (const [name, shape] of wanted) {
    const tensor = weights.get(name);
    if (!tensor) problems.push(absence(name, hints));
    else if (tensor.shape.join() !== shape.join())
      problems.push({ code: 'shape', params: { name, is: tensor.shape, wants: shape } });
  }
  for (const name of weights.keys())
    if (!wanted.has(name)) problems.push({ code: 'unknown', params: { name } });
  return problems;
}

/** Why a tensor is not there. */
function absence(name: string, { unread }: Hints): Misfit {
  const parts = [name, ...['q', 'k', 'v'].map((part) => name.replace('.qkv.', `.${part}.`))];
  const type = parts.map((part) => unread?.get(part)).find((found) => found !== undefined);
  return type === undefined
    ? { code: 'missing', params: { name } }
    : { code: 'type', params: { name, type } };
}

const refuse = (problems: readonly Misfit[]) => failure('weights/does-not-fit', { problems });

function demandShape(weights: Weights, name: string, rank: number, hints: Hints): readonly number[] {
  const shape = weights.get(name)?.shape;
  if (!shape) throw refuse([absence(name, hints)]);
  if (shape.length !== rank || shape.includes(0))
    throw refuse([{ code: 'rank', params: { name, is: shape, rank } }]);
  return shape;
}

function demandHeads(heads: number, dim: number): number {
  if (!Number.isInteger(heads) || heads < 1 || dim % heads !== 0)
    throw failure('weights/unknown-heads', { dim });
  return heads;
}

/** A position embedding's grid: what was given, else the square that `positions` fill with or without the class token. */
function positionsOf(
  positions: number,
  given?: readonly [number, number],
): Pick<Architecture, 'positionGrid' | 'classPosition'> {
  for (const classPosition of [true, false]) {
    const patches = positions - (classPosition ? 1 : 0);
    const side = Math.round(Math.sqrt(patches));
    const grid = given ?? ([side, side] as const);
    if (patches > 0 && grid[0] * grid[1] === patches) return { positionGrid: grid, classPosition };
  }
  if (!given) throw refuse([{ code: 'no-grid', params: { positions } }]);
  const [rows, columns] = given;
  throw refuse([{ code: 'grid', params: { positions, rows, columns } }]);
}

/**
 * Reads what a Vision Transformer is from its tensors (timm names).
 * @throws `weights/does-not-fit` naming every tensor that does not fit, `weights/unknown-heads`
 */
export function readArchitecture(weights: Weights, hints: Hints = {}): Architecture {
  const [dim, , patch] = demandShape(weights, 'patch_embed.proj.weight', 4, hints) as [
    number,
    number,
    number,
  ];
  const positions = demandShape(weights, 'pos_embed', 3, hints)[1]!;
  const hidden = demandShape(weights, 'blocks.0.mlp.fc1.weight', 2, hints)[0]!;
  const registers = weights.has('reg_token') ? demandShape(weights, 'reg_token', 3, hints)[1]! : 0;
  let depth = 1;
  while (weights.has(`blocks.${depth}.norm1.weight`)) depth++;
  const architecture: Architecture = {
    patch,
    dim,
    depth,
    heads: 0,
    hidden,
    registers,
    layerScale: weights.has('blocks.0.ls1.gamma'),
    ...positionsOf(positions, hints.positionGrid),
    epsilon: hints.epsilon ?? BACKBONE_EPSILON,
  };
  const problems = misfits(weights, backboneShapes(architecture, positions), hints);
  if (problems.length > 0) throw refuse(problems);
  return { ...architecture, heads: demandHeads(hints.heads ?? dim / HEAD_CHANNELS, dim) };
}

/**
 * Reads what a correlator is from its tensors: one pre-norm block, qkv without bias. Its learned positions in
 * time, where it has them, are `temporal_embed` [1, frames, dim].
 * @throws as `readArchitecture`
 */
export function readCorrelator(weights: Weights, hints: Hints = {}): CorrelatorArchitecture {
  const dim = demandShape(weights, 'norm1.weight', 1, hints)[0]!;
  const hidden = demandShape(weights, 'mlp.fc1.weight', 2, hints)[0]!;
  const wanted: Shapes = new Map(blockShapes('', dim, hidden));
  const temporalPositions = weights.has('temporal_embed')
    ? demandShape(weights, 'temporal_embed', 3, hints)[1]!
    : 0;
  if (temporalPositions > 0) wanted.set('temporal_embed', [1, temporalPositions, dim]);
  const problems = misfits(weights, wanted, hints);
  if (problems.length > 0) throw refuse(problems);
  const heads = demandHeads(hints.heads ?? CORRELATOR_HEADS, dim);
  return { dim, heads, hidden, epsilon: hints.epsilon ?? CORRELATOR_EPSILON, temporalPositions };
}
