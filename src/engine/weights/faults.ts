import type { Phrase, Phrases } from '../../lib/phrases.ts';

const shapeText = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/** What is wrong with a weight file's header. */
export const HEADER_FAULTS = {
  twice: (p: { name: string }) => `the name “${p.name}” occurs twice`,
  json: 'it is not JSON',
  object: 'it is not an object',
  metadata: 'its metadata is not a table of strings',
  value: (p: { name: string; value: string }) => `its metadata gives ${p.name} as “${p.value}”`,
  long: (p: { bytes: number }) => `it claims to be ${p.bytes} bytes long`,
  utf8: 'it is not UTF-8',
  unowned: (p: { bytes: number }) => `${p.bytes} bytes of the file belong to no tensor`,
} satisfies Phrases;

/** What is wrong with a tensor of a weight file. */
export const TENSOR_FAULTS = {
  object: 'its entry is not an object',
  type: (p: { type: string }) => `its type is ${p.type}`,
  'no-type': 'its type is missing',
  shape: 'its shape is not a list of sizes',
  offsets: 'its place is not a pair of offsets',
  backwards: 'it ends before it begins',
  size: (p: { shape: readonly number[]; takes: number; has: number }) =>
    `its shape ${shapeText(p.shape)} takes ${p.takes} bytes, but its place has ${p.has}`,
  gap: (p: { begin: number; end: number }) =>
    `it begins at byte ${p.begin}, but the tensor before it ends at ${p.end}`,
} satisfies Phrases;

/** What is wrong with a checkpoint: a zip archive, the pickle in it, and the storages that this names. */
export const CHECKPOINT_FAULTS = {
  'no-end': 'the end of its zip archive is missing, so it is cut short or not a zip',
  zip64: 'it is a zip64 archive, larger than any backbone',
  entries: 'its list of entries is broken',
  compressed: (p: { entry: string }) => `its entry “${p.entry}” is compressed, which PyTorch never does`,
  twice: (p: { entry: string }) => `its entry “${p.entry}” occurs twice`,
  misplaced: (p: { entry: string }) => `its entry “${p.entry}” is not where it should be`,
  beyond: (p: { entry: string }) => `its entry “${p.entry}” reaches past the end`,
  overlap: (p: { entry: string }) => `its entry “${p.entry}” overlaps another`,
  'no-pickle': 'it is a zip archive without a data.pkl',
  'long-pickle': (p: { bytes: number }) => `its pickle is ${p.bytes} bytes long`,
  'big-endian': 'it was written on a big-endian machine',
  repeats: 'its tensors repeat their storages over and over',
  cut: 'its pickle is cut short',
  integer: 'it holds an integer of more than 8000 bits',
  'empty-stack': 'its pickle takes from an empty stack',
  mark: 'its pickle misses a mark',
  memo: 'its pickle recalls what it never kept',
  append: 'its pickle appends to what is no list',
  items: 'its pickle sets items of what is no dictionary',
  key: 'its pickle has a key without a value',
  call: 'its pickle calls what cannot be called',
  protocol: (p: { protocol: number }) => `its pickle has protocol ${p.protocol}`,
  opcode: (p: { opcode: number }) =>
    `its pickle uses opcode 0x${p.opcode.toString(16)}, which no checkpoint needs`,
  tensor: 'a tensor is built from something else than a storage',
  shape: 'a tensor’s shape is not a list of sizes',
  strides: 'a tensor has more dimensions than strides, or fewer',
  reach: (p: { shape: readonly number[] }) =>
    `a tensor of shape ${shapeText(p.shape)} reaches past its storage`,
  pairs: 'an ordered dictionary is built from something else than pairs',
  reference: 'a reference is not to a storage',
  'no-storage': (p: { key: string }) => `the storage “${p.key}” is missing`,
  storage: (p: { key: string; has: number; wants: number }) =>
    `the storage “${p.key}” has ${p.has} bytes instead of ${p.wants}`,
} satisfies Phrases;

/** What keeps tensors from being those of a model. */
export const MISFITS = {
  missing: (p: { name: string }) => `${p.name} is missing`,
  type: (p: { name: string; type: string }) => `${p.name} has the type ${p.type}, which is not read`,
  shape: (p: { name: string; is: readonly number[]; wants: readonly number[] }) =>
    `${p.name} is ${shapeText(p.is)}, not ${shapeText(p.wants)}`,
  rank: (p: { name: string; is: readonly number[]; rank: number }) =>
    `${p.name} is ${shapeText(p.is)}, not of ${p.rank} dimensions`,
  unknown: (p: { name: string }) => `${p.name} is not known`,
  grid: (p: { positions: number; rows: number; columns: number }) =>
    `pos_embed has ${p.positions} positions, not the ${p.rows} × ${p.columns} that the metadata gives as pos_grid`,
  'no-grid': (p: { positions: number }) =>
    `pos_embed has ${p.positions} positions, which are no square grid with or without a class token; give their rows and columns in the metadata of a safetensors file, as in “pos_grid”: “14,28”`,
  channels: (p: { correlator: number; backbone: number }) =>
    `the correlator has ${p.correlator} channels, the backbone ${p.backbone}`,
  patch: (p: { is: number; wants: number }) => `its patches are ${p.is} pixels, not ${p.wants}`,
} satisfies Phrases;

export type Misfit = Phrase<typeof MISFITS>;

/** What a file looks like that was taken for weights. */
export const LOOKS_LIKE = {
  hdf5: 'an HDF5 file, as Keras writes it',
  gguf: 'a GGUF file of llama.cpp',
  numpy: 'a NumPy array',
  gzip: 'a gzip archive: unpack it first',
  '7z': 'a 7z archive: unpack it first',
  rar: 'a RAR archive: unpack it first',
  zstd: 'a Zstandard archive: unpack it first',
  xz: 'an xz archive: unpack it first',
  bzip2: 'a bzip2 archive: unpack it first',
  tar: 'a tar archive: unpack it first',
  pdf: 'a PDF',
  picture: 'a picture',
  zeros: 'a file of zeros, as an interrupted download leaves it',
  pickle: 'a pickle that torch.save did not write',
  text: 'a text file',
} satisfies Phrases;
