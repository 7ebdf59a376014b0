import { describe, expect, test } from 'vitest';
import { goldenModel } from '../../../test/model-goldens.ts';
import { readArchitecture, readCorrelator } from './architecture.ts';
import { timmName, timmWeights } from './names.ts';
import type { Tensor, Weights } from './types.ts';

test.each([
  ['blocks.0.attn.qkv.weight', 'blocks.0.attn.qkv.weight'],
  ['register_tokens', 'reg_token'],
  ['mask_token', null],
  ['head.weight', null],
  ['embeddings.position_embeddings', 'pos_embed'],
  ['embeddings.patch_embeddings.projection.weight', 'patch_embed.proj.weight'],
  ['embeddings.register_tokens', 'reg_token'],
  ['embeddings.mask_token', null],
  ['encoder.layer.3.layernorm_before.weight', 'blocks.3.norm1.weight'],
  ['encoder.layer.3.layernorm_after.bias', 'blocks.3.norm2.bias'],
  ['encoder.layer.3.norm1.weight', 'blocks.3.norm1.weight'],
  ['encoder.layer.3.attention.attention.query.weight', 'blocks.3.attn.q.weight'],
  ['encoder.layer.3.attention.output.dense.bias', 'blocks.3.attn.proj.bias'],
  ['encoder.layer.3.intermediate.dense.weight', 'blocks.3.mlp.fc1.weight'],
  ['encoder.layer.3.output.dense.weight', 'blocks.3.mlp.fc2.weight'],
  ['encoder.layer.3.layer_scale2.lambda1', 'blocks.3.ls2.gamma'],
  ['layernorm.bias', 'norm.bias'],
  ['pooler.dense.weight', null],
  ['classifier.weight', null],
  ['blocks.0.2.norm1.weight', 'blocks.2.norm1.weight'],
  ['blocks.3.11.attn.qkv.bias', 'blocks.11.attn.qkv.bias'],
  ['blocks.11.attn.qkv.bias', 'blocks.11.attn.qkv.bias'],
  ['something.else', 'something.else'],
])('%s is %s', (name, expected) => {
  expect(timmName(name)).toBe(expected);
});

/** A golden backbone under the names of Hugging Face transformers, its qkv split. */
function asTransformers(weights: Weights): Map<string, Tensor> {
  const renames: [RegExp, string][] = [
    [/^blocks\./, 'encoder.layer.'],
    [/^(cls_token|mask_token)$/, 'embeddings.$1'],
    [/^reg_token$/, 'embeddings.register_tokens'],
    [/^pos_embed$/, 'embeddings.position_embeddings'],
    [/^patch_embed\.proj\./, 'embeddings.patch_embeddings.projection.'],
    [/^norm\./, 'layernorm.'],
    [/\.attn\.proj\./, '.attention.output.dense.'],
    [/\.ls(\d)\.gamma/, '.layer_scale$1.lambda1'],
  ];
  const renamed = new Map<string, Tensor>();
  for (const [name, tensor] of weights) {
    const other = renames.reduce((text, [from, to]) => text.replace(from, to), name);
    if (!name.includes('.qkv.')) {
      renamed.set(other, tensor);
      continue;
    }
    const [rows, ...rest] = tensor.shape as [number, ...number[]];
    const third = tensor.data.length / 3;
    ['query', 'key', 'value'].forEach((part, i) => {
      const split = other.replace('attn.qkv', `attention.attention.${part}`);
      renamed.set(split, { shape: [rows / 3, ...rest], data: tensor.data.slice(i * third, (i + 1) * third) });
    });
  }
  return renamed;
}

describe('timmWeights', () => {
  test.each(['dino', 'dinov2-registers'])(
    '%s in the names of transformers becomes what it was',
    async (name) => {
      const { weights } = await goldenModel(name);
      expect(timmWeights(asTransformers(weights)).weights).toEqual(weights);
    },
  );

  test.each(['module.', 'model_state_dict.encoder.', 'teacher.backbone.', 'dinov2_with_registers.'])(
    'wrapped in %s too, whatever stands beside it',
    async (wrapping) => {
      const { weights } = await goldenModel('dino');
      const wrapped = new Map([...weights].map(([name, tensor]) => [wrapping + name, tensor]));
      wrapped.set('loss', { shape: [], data: Float32Array.of(1) });
      wrapped.set('other.cls_token', { shape: [1], data: Float32Array.of(1) });
      expect(timmWeights(wrapped).weights).toEqual(weights);
    },
  );

  test('of a student and a teacher the teacher is taken', () => {
    const tensor = (value: number) => ({ shape: [1], data: Float32Array.of(value) });
    const both = new Map([
      ['student.module.backbone.patch_embed.proj.weight', tensor(1)],
      ['student.module.backbone.cls_token', tensor(2)],
      ['teacher.backbone.patch_embed.proj.weight', tensor(3)],
      ['teacher.backbone.cls_token', tensor(4)],
      ['teacher.head.mlp.0.weight', tensor(5)],
    ]);
    const expected = new Map([
      ['patch_embed.proj.weight', tensor(3)],
      ['cls_token', tensor(4)],
    ]);
    expect(timmWeights(both).weights).toEqual(expected);
  });
});

test.each([
  [['student.module.backbone.', 'teacher.module.backbone.'], 'teacher.module.backbone.'],
  [['model.student.backbone.', 'model.teacher.backbone.'], 'model.teacher.backbone.'],
  [['model.', 'model_ema.module.'], 'model_ema.module.'],
  [['state_dict.', 'state_dict_ema.'], 'state_dict_ema.'],
  [['encoder.', 'target_encoder.module.'], 'target_encoder.module.'],
  [['optimizer.state.', 'model.'], 'model.'],
  [['student.module.backbone.'], 'student.module.backbone.'],
  [['_orig_mod.'], '_orig_mod.'],
  [['module.', ''], 'module.'],
])('of %j the weights under “%s” are taken', (wrappings, taken) => {
  const all = wrappings.map((wrapping) => [`${wrapping}patch_embed.proj.weight`, wrapping] as const);
  const tensors = new Map(
    all.map(([name, wrapping]) => [name, { shape: [wrapping === taken ? 1 : 0], data: new Float32Array(1) }]),
  );
  expect(timmWeights(tensors).weights.get('patch_embed.proj.weight')?.shape).toEqual([1]);
});

test('names that wrappers put between are left out', () => {
  const names = [
    'patch_embed.proj.weight',
    '_fsdp_wrapped_module.blocks.0._checkpoint_wrapped_module.1.norm1.bias',
  ];
  const tensors = new Map(
    names.map((name) => [`teacher.${name}`, { shape: [1], data: new Float32Array(1) }]),
  );
  expect([...timmWeights(tensors).weights.keys()]).toEqual([
    'patch_embed.proj.weight',
    'blocks.1.norm1.bias',
  ]);
});

describe('readArchitecture', () => {
  test.each([
    ['blocks.1.attn.proj.weight', 'blocks.1.attn.proj.weight'],
    ['blocks.0.attn.qkv.weight', 'blocks.0.attn.k.weight'],
    ['pos_embed', 'pos_embed'],
  ])('a %s of a type that is not read is named with it', async (needed, stored) => {
    const weights = new Map((await goldenModel('dino')).weights);
    weights.delete(needed);
    const unread = new Map([
      [stored, 'F8_E4M3'],
      ['head.scale', 'F8_E5M2'],
    ]);
    const call = () => readArchitecture(weights, { heads: 3, unread });
    expect(call).toThrow(`${needed} has the type F8_E4M3, which is not read`);
    expect(call).not.toThrow(/head/);
  });

  test.each([
    ['dino', { patch: 8, registers: 0, layerScale: false }],
    ['dinov2', { patch: 14, registers: 0, layerScale: true }],
    ['dinov2-registers', { patch: 14, registers: 4, layerScale: true }],
  ])('%s', async (name, expected) => {
    const common = { dim: 48, depth: 2, heads: 3, hidden: 192, positionGrid: [4, 4], classPosition: true };
    expect((await goldenModel(name)).architecture).toEqual({ ...common, ...expected, epsilon: 1e-6 });
  });

  test('positions without the class token’s, as timm keeps them beside registers', async () => {
    const { weights } = await goldenModel('dinov2-registers');
    const pos = weights.get('pos_embed')!;
    const bare = new Map(weights).set('pos_embed', { shape: [1, 16, 48], data: pos.data.subarray(48) });
    expect(readArchitecture(bare, { heads: 3 })).toMatchObject({
      positionGrid: [4, 4],
      classPosition: false,
    });
  });

  test('positions on a grid that is not square need pos_grid', async () => {
    const { weights } = await goldenModel('dino');
    const data = new Float32Array(13 * 48);
    const wide = new Map(weights).set('pos_embed', { shape: [1, 13, 48], data });
    expect(() => readArchitecture(wide, { heads: 3 })).toThrow(/13 positions.*pos_grid/);
    expect(() => readArchitecture(wide, { heads: 3, positionGrid: [2, 4] })).toThrow(/not the 2 × 4/);
    expect(readArchitecture(wide, { heads: 3, positionGrid: [3, 4] }).positionGrid).toEqual([3, 4]);
  });

  test('names every tensor that does not fit', async () => {
    const { weights } = await goldenModel('dino');
    const wrong = new Map(weights);
    wrong.delete('norm.bias');
    wrong.set('blocks.1.mlp.fc2.weight', { shape: [48, 7], data: new Float32Array(48 * 7) });
    wrong.set('blocks.0.mlp.gate.weight', { shape: [1], data: new Float32Array(1) });
    const read = () => readArchitecture(wrong, { heads: 3 });
    expect(read).toThrow(expect.objectContaining({ code: 'weights/does-not-fit' }));
    expect(read).toThrow(
      /norm\.bias is missing; .*fc2\.weight is \[48, 7\], not \[48, 192\]; .*gate\.weight is not known/,
    );
  });

  test('heads that do not follow from the tensors are asked for', async () => {
    const { weights } = await goldenModel('dino');
    for (const heads of [undefined, 5, 0, 1.5])
      expect(() => readArchitecture(weights, heads === undefined ? {} : { heads })).toThrow(
        expect.objectContaining({ code: 'weights/unknown-heads' }),
      );
  });

  test('an empty file is no backbone', () => {
    expect(() => readArchitecture(new Map())).toThrow(/patch_embed\.proj\.weight is missing/);
    expect(() => readCorrelator(new Map())).toThrow(/norm1\.weight is missing/);
  });
});
