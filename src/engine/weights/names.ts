import type { Tensor, Weights } from '../model/types.ts';

/**
 * The one tensor that every dialect has under a telling name. What stands before it is the wrapping
 * (`module.`, `teacher.backbone.`, `model_state_dict.encoder.`, `dinov2.`, …).
 */
const ANCHOR = /^(.*?)(?:patch_embed\.proj|embeddings\.patch_embeddings\.projection)\.weight$/;

/** Parts beside the blocks that no feature depends on. */
const IGNORED = /^(?:mask_token|embeddings\.mask_token|head|fc_norm|pre_logits|pooler|classifier)(?:\.|$)/;

/** Whole names of other dialects, and timm's. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['register_tokens', 'reg_token'],
  ['embeddings.cls_token', 'cls_token'],
  ['embeddings.register_tokens', 'reg_token'],
  ['embeddings.position_embeddings', 'pos_embed'],
  ['embeddings.patch_embeddings.projection.weight', 'patch_embed.proj.weight'],
  ['embeddings.patch_embeddings.projection.bias', 'patch_embed.proj.bias'],
  ['layernorm.weight', 'norm.weight'],
  ['layernorm.bias', 'norm.bias'],
]);

/** Beginnings of names inside a block in Hugging Face transformers, and timm's. The first that fits is taken. */
const RENAMED_IN_BLOCK: readonly (readonly [string, string])[] = [
  ['layernorm_before.', 'norm1.'],
  ['layernorm_after.', 'norm2.'],
  ['attention.attention.query.', 'attn.q.'],
  ['attention.attention.key.', 'attn.k.'],
  ['attention.attention.value.', 'attn.v.'],
  ['attention.output.dense.', 'attn.proj.'],
  ['intermediate.dense.', 'mlp.fc1.'],
  ['output.dense.', 'mlp.fc2.'],
  ['layer_scale1.lambda1', 'ls1.gamma'],
  ['layer_scale2.lambda1', 'ls2.gamma'],
];

/** timm's name of one unwrapped tensor; null for a part that no feature depends on. */
export function timmName(name: string): string | null {
  const known = RENAMED.get(name);
  if (known) return known;
  if (IGNORED.test(name)) return null;
  const block = /^(?:encoder\.layer|blocks)\.(\d+)\.(.+)$/.exec(name);
  if (!block) return name;
  const [, index, rest] = block as unknown as [string, string, string];
  const renamed = RENAMED_IN_BLOCK.find(([from]) => rest.startsWith(from));
  return `blocks.${index}.${renamed ? renamed[1] + rest.slice(renamed[0].length) : rest}`;
}

/**
 * What the backbone's names are wrapped in. Where a checkpoint holds a teacher and a student, the teacher is
 * taken, as DINO's authors do.
 */
function wrappingOf(names: readonly string[]): string {
  const wrappings = names.flatMap((name) => ANCHOR.exec(name)?.[1] ?? []);
  return wrappings.find((wrapping) => /\bteacher\b/.test(wrapping)) ?? wrappings[0] ?? '';
}

function joined(parts: readonly Tensor[]): Tensor {
  const [rows, ...rest] = parts[0]!.shape as [number, ...number[]];
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { shape: [rows * parts.length, ...rest], data };
}

/** Split queries, keys and values become timm's one `qkv`; incomplete triples stay as they are, to be named later. */
function fuse(weights: Map<string, Tensor>): void {
  for (const name of [...weights.keys()]) {
    const q = /^(blocks\.\d+\.attn\.)q\.(weight|bias)$/.exec(name);
    if (!q) continue;
    const names = ['q', 'k', 'v'].map((part) => `${q[1]}${part}.${q[2]}`);
    const parts = names.map((part) => weights.get(part));
    const shape = parts[0]?.shape.join();
    if (!parts.every((part) => part !== undefined && part.shape.join() === shape)) continue;
    weights.set(`${q[1]}qkv.${q[2]}`, joined(parts as Tensor[]));
    for (const part of names) weights.delete(part);
  }
}

/**
 * A backbone's weights under timm's names, whichever dialect they came in: timm and DINO, DINOv2, Hugging Face
 * transformers, any of them wrapped. Heads, losses, optimisers and all else outside the wrapping are left out.
 */
export function timmWeights(tensors: Weights): Map<string, Tensor> {
  const wrapping = wrappingOf([...tensors.keys()]);
  const weights = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    if (!name.startsWith(wrapping)) continue;
    const renamed = timmName(name.slice(wrapping.length));
    if (renamed !== null) weights.set(renamed, tensor);
  }
  fuse(weights);
  return weights;
}
