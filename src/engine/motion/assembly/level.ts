// What the kernels share: the level of the pyramid that is worked on, and arithmetic of four pixels.

// The level that is worked on: first pixels of both images inside their borders, derivatives and tensors of the first.
export let own: usize = 0;
export let other: usize = 0;
export let gradientX: usize = 0;
export let gradientY: usize = 0;
export let tensors: usize = 0;
export let width: i32 = 0;
export let height: i32 = 0;
/** Bytes from row to row of an image, and of its derivatives. */
export let pitch: usize = 0;
export let line: usize = 0;
export let columns: i32 = 0;
export let rows: i32 = 0;
export let stride: i32 = 0;

export function begin(
  ownOrigin: usize,
  otherOrigin: usize,
  x: usize,
  y: usize,
  tensor: usize,
  levelWidth: i32,
  levelHeight: i32,
  floatsOfRow: i32,
  patchColumns: i32,
  patchRows: i32,
  patchStride: i32,
): void {
  own = ownOrigin;
  other = otherOrigin;
  gradientX = x;
  gradientY = y;
  tensors = tensor;
  width = levelWidth;
  height = levelHeight;
  pitch = (<usize>floatsOfRow) << 2;
  line = (<usize>levelWidth) << 2;
  columns = patchColumns;
  rows = patchRows;
  stride = patchStride;
}

/** Four pixels, interpolated between neighbours of a row. */
export function across(at: usize, share: v128): v128 {
  return blend(v128.load(at), v128.load(at, 4), share);
}

export function blend(a: v128, b: v128, share: v128): v128 {
  return f32x4.add(a, f32x4.mul(share, f32x4.sub(b, a)));
}

export function clamp(value: f32, low: f32, high: f32): f32 {
  return min<f32>(high, max<f32>(low, value));
}
