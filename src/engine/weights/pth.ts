import type { Phrase } from '../../lib/phrases.ts';
import { failure } from './errors.ts';
import type { CHECKPOINT_FAULTS } from './faults.ts';
import { isGlobal, isOpaque, isSequence, type Maker, type Pickled, unpickle } from './pickle.ts';
import { type Dtype, floatsOf } from './safetensors.ts';
import type { Tensor } from './types.ts';
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

/**
 * Bytes of a pickle: those of the largest ViTs, their optimiser's state included, are ten times smaller, and every byte
 * may become a value in memory.
 */
const PICKLE_LIMIT = 4_000_000;

/** Dictionaries in dictionaries: a whole module that was saved has two for each of its own levels. */
const DEEPEST = 40;

/** Where PyTorch's modules keep what their own names begin with no more than a dot. */
const MODULE_PARTS: ReadonlySet<string> = new Set(['_parameters', '_buffers', '_modules']);

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

/** A storage of elements that are not read, or a tensor over one. */
interface Unread {
  unread: string;
}

type Made = Storage | TensorView | Unread;
type Value = Pickled<Made>;

const bad = (detail: Phrase<typeof CHECKPOINT_FAULTS>) => failure('weights/bad-checkpoint', { detail });

function madeOf(value: Value | undefined): Made {
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'made')
    return value.value;
  throw bad({ code: 'tensor' });
}

function sizesOf(value: Value | undefined): number[] {
  if (value !== undefined && isSequence(value) && value.items.every(isSize)) return value.items as number[];
  throw bad({ code: 'shape' });
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function rebuildTensor([from, offset, size, strides]: readonly Value[]): TensorView | Unread {
  const storage = madeOf(from);
  if ('unread' in storage) return storage;
  if (!('data' in storage) || !isSize(offset)) throw bad({ code: 'tensor' });
  const shape = sizesOf(size);
  const stride = sizesOf(strides);
  if (shape.length !== stride.length) throw bad({ code: 'strides' });
  const elements = product(shape);
  const last = shape.reduce((sum, length, i) => sum + (length - 1) * stride[i]!, offset);
  // The first bound also refuses a shape that repeats a few elements (stride 0) to fill the memory.
  if (elements > storage.elements || (elements > 0 && last >= storage.elements))
    throw bad({ code: 'reach', params: { shape } });
  return { storage, offset, shape, stride };
}

const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

/** A dictionary's entries as Python 2 gave them to its ordered one: a list of pairs. */
function orderedDict([pairs]: readonly Value[]): Value {
  const map = new Map<Value, Value>();
  if (pairs === undefined) return map;
  if (!isSequence(pairs)) throw bad({ code: 'pairs' });
  for (const pair of pairs.items) {
    const [key, value] = isSequence(pair) ? pair.items : [];
    if (key === undefined || value === undefined) throw bad({ code: 'pairs' });
    map.set(key, value);
  }
  return map;
}

const made = (value: Made): Value => ({ kind: 'made', value });

/** The few functions that tensors are written with, by what `torch.save` calls them. */
const FUNCTIONS: Readonly<Record<string, (args: readonly Value[]) => Value | null>> = {
  'torch._utils._rebuild_tensor': (args) => made(rebuildTensor(args)),
  'torch._utils._rebuild_tensor_v2': (args) => made(rebuildTensor(args)),
  // Of types that have no storage of their own: the seventh argument names the type.
  'torch._utils._rebuild_tensor_v3': ({ 6: type }) =>
    made({ unread: type !== undefined && isGlobal(type) ? type.name : 'unknown' }),
  'torch._utils._rebuild_parameter': ([tensor]) => made(madeOf(tensor)),
  'torch._utils._rebuild_parameter_with_state': ([tensor]) => made(madeOf(tensor)),
  // A tensor with attributes of its own: the function that builds it, its type, and the function's arguments.
  'torch._tensor._rebuild_from_type_v2': ([builder, , args]) =>
    builder !== undefined && isGlobal(builder) && args !== undefined && isSequence(args)
      ? call(builder.name, args.items, false)
      : null,
  'collections.OrderedDict': orderedDict,
  'torch.Size': ([sizes]) => ({ kind: 'tuple', items: sizesOf(sizes) }),
};

/** `nested`: whether a function that calls another may be called. */
function call(name: string, args: readonly Value[], nested = true): Value | null {
  if (!Object.hasOwn(FUNCTIONS, name) || (!nested && name === 'torch._tensor._rebuild_from_type_v2'))
    return null;
  return FUNCTIONS[name]!(args);
}

/** Storages among `entries`, tensors over them, and ordered dictionaries: all that is made of a checkpoint's pickle. */
function makerOver(entries: ReadonlyMap<string, Uint8Array>, root: string): Maker<Made> {
  /** One for each storage and type, so that tensors that share it are read once. */
  const storages = new Map<string, Storage>();
  return {
    call: (name, args) => call(name, args),
    resolve(id) {
      const [tag, type, key, , elements] = isSequence(id) ? id.items : [];
      if (
        tag !== 'storage' ||
        type === undefined ||
        !isGlobal(type) ||
        typeof key !== 'string' ||
        !isSize(elements)
      )
        throw bad({ code: 'reference' });
      const data = entries.get(`${root}data/${key}`);
      if (!data) throw bad({ code: 'no-storage', params: { key } });
      if (!Object.hasOwn(STORAGES, type.name)) return made({ unread: type.name });
      const storage = STORAGES[type.name]!;
      const wants = elements * storage.itemBytes;
      if (data.byteLength !== wants)
        throw bad({ code: 'storage', params: { key, has: data.byteLength, wants } });
      const known = storages.get(`${type.name}/${key}`) ?? { dtype: storage.dtype, elements, data };
      storages.set(`${type.name}/${key}`, known);
      return made(known);
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

interface Found {
  tensors: Map<string, TensorView>;
  /** What may be tensors but is not read, by what it is said to be. */
  unread: Map<string, string>;
  /** The first name of what would have been run. */
  foreign: string | null;
  /** Whether some of what is unread are tensors indeed. */
  odd: boolean;
}

/**
 * All tensors below a value, under their dotted names: those in the attributes of opaque objects too. Each dictionary is
 * walked once, however often it is referred to.
 */
function collect(root: Value): Found {
  const found: Found = { tensors: new Map(), unread: new Map(), foreign: null, odd: false };
  const seen = new Set<Value>();
  const walk = (value: Value, path: string, depth: number) => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array || depth > DEEPEST) return;
    const below = (key: string) => (path ? `${path}.${key}` : key);
    if (value instanceof Map) {
      if (seen.has(value)) return;
      seen.add(value);
      for (const [key, item] of value) if (typeof key === 'string') walk(item, below(key), depth + 1);
    } else if (isSequence(value)) {
      if (seen.has(value)) return;
      seen.add(value);
      value.items.forEach((item, i) => {
        walk(item, below(String(i)), depth + 1);
      });
    } else if (isGlobal(value)) {
      found.foreign ??= value.name;
    } else if (isOpaque(value)) {
      if (seen.has(value)) return;
      seen.add(value);
      found.foreign ??= value.name;
      if (value.contents.length === 0) found.unread.set(path, value.name);
      for (const content of value.contents) {
        if (seen.has(content)) continue;
        seen.add(content);
        for (const [key, item] of content)
          if (typeof key === 'string') walk(item, MODULE_PARTS.has(key) ? path : below(key), depth + 1);
      }
    } else if ('shape' in value.value) {
      found.tensors.set(path, value.value);
    } else if ('unread' in value.value) {
      found.unread.set(path, value.value.unread);
      found.odd = true;
    }
  };
  walk(root, '', 0);
  return found;
}

export interface Checkpoint {
  /** By their dotted names: `model_state_dict.encoder.cls_token`. */
  tensors: Map<string, Tensor>;
  /** What is not read, by its dotted name, and its type: of interest where just that is needed. */
  unread: Map<string, string>;
}

/**
 * Reads the float tensors of a checkpoint that `torch.save` wrote (PyTorch 1.6 and later). Its pickle is interpreted over
 * plain values and never executed; objects in it stay opaque.
 * @throws `weights/bad-checkpoint`, `weights/refused-global` where it holds objects and not one tensor
 */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const entries = readStoredZip(bytes);
  const pickle = [...entries].find(([name]) => /^[^/]*\/data\.pkl$/.test(name));
  if (!pickle) throw bad({ code: 'no-pickle' });
  if (pickle[1].byteLength > PICKLE_LIMIT)
    throw bad({ code: 'long-pickle', params: { bytes: pickle[1].byteLength } });
  const root = pickle[0].slice(0, -'data.pkl'.length);
  const order = entries.get(`${root}byteorder`);
  if (order && new TextDecoder().decode(order) !== 'little') throw bad({ code: 'big-endian' });

  const { tensors: views, unread, foreign, odd } = collect(unpickle(pickle[1], makerOver(entries, root)));
  if (views.size === 0 && !odd && foreign !== null)
    throw failure('weights/refused-global', { name: foreign });
  // Tensors may share a storage, but not so often that they would unfold far past the file's own size.
  const elements = [...views.values()].reduce((sum, { shape }) => sum + product(shape), 0);
  if (elements > bytes.byteLength) throw bad({ code: 'repeats' });

  const tensors = new Map<string, Tensor>();
  const converted = new Map<Storage, Float32Array | null>();
  for (const [name, view] of views) {
    const { storage, shape } = view;
    if (!converted.has(storage)) converted.set(storage, floatsOf(storage));
    const floats = converted.get(storage);
    if (floats) tensors.set(name, { shape, data: gather(view, floats) });
    else unread.set(name, storage.dtype);
  }
  return { tensors, unread };
}
