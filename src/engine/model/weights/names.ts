import type { Tensor, Weights } from '../types.ts';

/** What training code, checkpoints and libraries wrap a backbone's names in. */
const WRAPPER =
  /^(?:module|teacher|student|backbone|encoder|model|vit|dinov2|dinov2_with_registers|state_dict|model_state_dict)\./;

/** Parts that a checkpoint carries along and that no feature depends on. */
const IGNORED =
  /^(?:mask_token|head|heads|fc_norm|head_drop|pre_logits|pooler|classifier|dino_head|dino_loss|ibot_head|ibot_patch_loss|lm_head|optimizer|dist_token|head_dist)(?:\.|$)/;

/** Whole names of other dialects, and timm's. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['register_tokens', 'reg_token'],
  ['embeddings.cls_token', 'cls_token'],
  ['embeddings.register_tokens', 'reg_token'],
  ['embeddings.mask_token', 'mask_token'],
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

/** timm's name of one tensor; null for a part that no feature depends on. */
export function timmName(name: string): string | null {
  let bare = name;
  while (WRAPPER.test(bare)) bare = bare.replace(WRAPPER, '');
  bare = RENAMED.get(bare) ?? bare;
  const block = /^(?:layers?|blocks)\.(\d+)\.(.+)$/.exec(bare);
  if (block) {
    const [, index, rest] = block as unknown as [string, string, string];
    const renamed = RENAMED_IN_BLOCK.find(([from]) => rest.startsWith(from));
    bare = `blocks.${index}.${renamed ? renamed[1] + rest.slice(renamed[0].length) : rest}`;
  }
  return IGNORED.test(bare) ? null : bare;
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
 * Weights under timm's names, whichever dialect they came in: timm and DINO, DINOv2, Hugging Face transformers,
 * any of them wrapped (`teacher.backbone.…`). Where a checkpoint holds a teacher and a student, the teacher is
 * taken, as DINO's authors do. Heads and other parts that no feature depends on are left out.
 */
export function timmWeights(tensors: Weights): Map<string, Tensor> {
  const hasTeacher = [...tensors.keys()].some((name) => name.startsWith('teacher.'));
  const weights = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    if (hasTeacher && !name.startsWith('teacher.')) continue;
    const renamed = timmName(name);
    if (renamed !== null) weights.set(renamed, tensor);
  }
  fuse(weights);
  return weights;
}
