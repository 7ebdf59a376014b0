/** Transfer functions of high dynamic range: PQ and HLG (ITU-R BT.2100). */
const HDR: readonly (string | null | undefined)[] = ['pq', 'hlg'];

export function isHdr({ transfer }: VideoColorSpace): boolean {
  return HDR.includes(transfer);
}

let mapping: boolean | null = null;

/** Does drawing on a canvas map high dynamic range to the canvas's own? Found by drawing the same grey as both. */
export function mapsTones(): boolean {
  try {
    mapping ??= greyOf('pq') !== greyOf('bt709');
  } catch {
    // A browser that does not know PQ does not map it.
    mapping = false;
  }
  return mapping;
}

/** A grey of half the range as a canvas shows it. */
function greyOf(transfer: string): number {
  const side = 16;
  const data = new Uint8Array((side * side * 3) / 2).fill(128);
  const frame = new VideoFrame(data, {
    format: 'I420',
    codedWidth: side,
    codedHeight: side,
    timestamp: 0,
    // Not all lists of transfer functions know PQ yet.
    colorSpace: {
      primaries: 'bt709',
      matrix: 'bt709',
      fullRange: false,
      transfer: transfer as VideoTransferCharacteristics,
    },
  });
  const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(frame, 0, 0);
  frame.close();
  return context.getImageData(side / 2, side / 2, 1, 1).data[0]!;
}
