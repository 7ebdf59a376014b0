import { failure } from '../../lib/errors.ts';
import type { Tensor } from '../model/types.ts';
import { isGlobal, isSequence, type Maker, type Pickled, unpickle } from './pickle.ts';
import { type Dtype, floatsOf } from './safetensors.ts';
import { readStoredZip } from './zip.ts';

/** PyTorch's storages and the element types that they hold. */
const STORAGES: Readonly<Record<string, { dtype: Dtype; itemBytes: number }>> = {
  'torch.FloatStorage': { dtype: 'F32', itemBytes: 4 },
  'torch.DoubleStorage': { dtype: 'F64', itemBytes: 8 },
  'torch.HalfStorage': { dtype: 'F16', itemBytes: 2 },
  'torch.BFloat16Storage': { dtype: 'BF16', itemBytes: 2 },
  'torch.LongStorage': { dtype: 'I64', itemBytes: 8 },
  'torch.IntStorage': { dtype: 'I32', itemBytes: 4 },
  'torch.ShortStorage': { dtype: 'I16', itemBytes: 2 },
  'torch.CharStorage': { dtype: 'I8', itemBytes: 1 },
  'torch.ByteStorage': { dtype: 'U8', itemBytes: 1 },
  'torch.BoolStorage': { dtype: 'BOOL', itemBytes: 1 },
};

const REBUILD_TENSOR = 'torch._utils._rebuild_tensor_v2';
const REBUILD_PARAMETER = 'torch._utils._rebuild_parameter';
const ORDERED_DICT = 'collections.OrderedDict';
const SIZE = 'torch.Size';
const CALLABLE = new Set([REBUILD_TENSOR, REBUILD_PARAMETER, ORDERED_DICT, SIZE]);

/**
 * Bytes of a pickle: those of the largest ViTs, their optimiser's state included, are ten times smaller, and every byte
 * may become a value in memory.
 */
const PICKLE_LIMIT = 4_000_000;

/** Dictionaries in dictionaries, as deep as any checkpoint puts its state dict. */
const DEEPEST = 8;

interface Storage {
  dtype: Dtype;
  elements: number;
  data: Uint8Array;
}

interface TensorView {
  storage: Storage;
  offset: number;
  shape: number[];
  stride: number[];
}

type Made = Storage | TensorView;
type Value = Pickled<Made>;

const bad = (detail: string) => failure('weights/bad-checkpoint', { detail });

function madeOf(value: Value | undefined): Made {
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'made')
    return value.value;
  throw bad('a tensor is built from something else than a storage');
}

function sizesOf(value: Value | undefined): number[] {
  if (value !== undefined && isSequence(value) && value.items.every(isSize)) return value.items as number[];
  throw bad('a tensor’s shape is not a list of sizes');
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function rebuildTensor([from, offset, size, strides]: readonly Value[]): TensorView {
  const storage = madeOf(from);
  if (!('data' in storage) || !isSize(offset))
    throw bad('a tensor is built from something else than a storage');
  const shape = sizesOf(size);
  const stride = sizesOf(strides);
  if (shape.length !== stride.length) throw bad('a tensor has more dimensions than strides, or fewer');
  const elements = product(shape);
  const last = shape.reduce((sum, length, i) => sum + (length - 1) * stride[i]!, offset);
  // The first bound also refuses a shape that repeats a few elements (stride 0) to fill the memory.
  if (elements > storage.elements || (elements > 0 && last >= storage.elements))
    throw bad(`a tensor of shape [${shape.join(', ')}] reaches past its storage`);
  return { storage, offset, shape, stride };
}

const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

/** What a checkpoint's pickle may name: storages among `entries`, tensors over them, and ordered dictionaries. */
function makerOver(entries: ReadonlyMap<string, Uint8Array>, root: string): Maker<Made> {
  const made = (value: Made): Value => ({ kind: 'made', value });
  return {
    allows: (name) => CALLABLE.has(name) || Object.hasOwn(STORAGES, name),
    call(name, args) {
      switch (name) {
        case REBUILD_TENSOR:
          return made(rebuildTensor(args));
        case REBUILD_PARAMETER:
          return made(madeOf(args[0]));
        case SIZE:
          return { kind: 'tuple', items: sizesOf(args[0]) };
        case ORDERED_DICT:
          if (args.length > 0) throw bad('an ordered dictionary is built with arguments');
          return new Map();
        default:
          throw bad(`it calls ${name}`);
      }
    },
    resolve(id) {
      const [tag, type, key, , elements] = isSequence(id) ? id.items : [];
      if (
        tag !== 'storage' ||
        type === undefined ||
        !isGlobal(type) ||
        typeof key !== 'string' ||
        !isSize(elements)
      )
        throw bad('a reference is not to a storage');
      const storage = STORAGES[type.name];
      const data = entries.get(`${root}data/${key}`);
      if (!storage || !data) throw bad(`the storage “${key}” is missing`);
      const wants = elements * storage.itemBytes;
      if (data.byteLength !== wants)
        throw bad(`the storage “${key}” has ${data.byteLength} bytes instead of ${wants}`);
      return made({ dtype: storage.dtype, elements, data });
    },
  };
}

function isContiguous({ shape, stride }: TensorView): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && stride[i] !== expected) return false;
    expected *= shape[i]!;
  }
  return true;
}

/** A view's elements in order; the storage's own memory where they lie in order already. */
function gather(view: TensorView, floats: Float32Array): Float32Array {
  const { shape, stride, offset } = view;
  const elements = product(shape);
  if (isContiguous(view)) return floats.subarray(offset, offset + elements);
  const data = new Float32Array(elements);
  const index = shape.map(() => 0);
  let from = offset;
  for (let i = 0; i < elements; i++) {
    data[i] = floats[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += stride[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= stride[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return data;
}

/** All tensors below a value, under their dotted names. Each dictionary is walked once, however often it is referred to. */
function collect(root: Value): Map<string, TensorView> {
  const found = new Map<string, TensorView>();
  const seen = new Set<Value>();
  const walk = (value: Value, path: string, depth: number) => {
    if (value instanceof Map) {
      if (depth > DEEPEST || seen.has(value)) return;
      seen.add(value);
      for (const [key, item] of value)
        if (typeof key === 'string') walk(item, path ? `${path}.${key}` : key, depth + 1);
    } else if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'made') {
      if ('shape' in value.value) found.set(path, value.value);
    }
  };
  walk(root, '', 0);
  return found;
}

/**
 * Reads the float tensors of a checkpoint that `torch.save` wrote (PyTorch 1.6 and later), by their dotted names:
 * `model_state_dict.encoder.cls_token`. Its pickle is interpreted over plain values and never executed.
 * @throws `weights/bad-checkpoint`, `weights/refused-global`
 */
export function readCheckpoint(bytes: Uint8Array): Map<string, Tensor> {
  const entries = readStoredZip(bytes);
  const pickle = [...entries].find(([name]) => /^[^/]*\/data\.pkl$/.test(name));
  if (!pickle) throw bad('it is a zip archive without a data.pkl');
  if (pickle[1].byteLength > PICKLE_LIMIT) throw bad(`its pickle is ${pickle[1].byteLength} bytes long`);
  const root = pickle[0].slice(0, -'data.pkl'.length);
  const order = entries.get(`${root}byteorder`);
  if (order && new TextDecoder().decode(order) !== 'little')
    throw bad('it was written on a big-endian machine');

  const views = collect(unpickle(pickle[1], makerOver(entries, root)));
  // Tensors may share a storage, but not so often that they would unfold far past the file's own size.
  const elements = [...views.values()].reduce((sum, { shape }) => sum + product(shape), 0);
  if (elements > bytes.byteLength) throw bad('its tensors repeat their storages over and over');

  const tensors = new Map<string, Tensor>();
  const converted = new Map<Uint8Array, Float32Array | null>();
  for (const [name, view] of views) {
    const { data, dtype } = view.storage;
    if (!converted.has(data)) converted.set(data, floatsOf({ dtype, data }));
    const floats = converted.get(data);
    if (floats) tensors.set(name, { shape: view.shape, data: gather(view, floats) });
  }
  return tensors;
}
