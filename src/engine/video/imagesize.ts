import type { Size } from '../../lib/size.ts';

/**
 * Width and height of a JPEG, PNG, GIF, WebP or BMP as it is shown, from its first bytes. Null where they do not say:
 * for other types, where they do not reach that far, and where a PNG or WebP has an orientation.
 */
export function shownSize(head: Uint8Array, type: string): Size | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    return READERS[type]?.(view) ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const READERS: Record<string, (view: DataView) => Size | null> = {
  'image/png': pngSize,
  'image/gif': (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  // A negative height says that the rows run from the top.
  'image/bmp': (view) => ({ width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }),
  'image/webp': webpSize,
  'image/jpeg': jpegSize,
};

/** Null where EXIF data come before the picture: they may turn it. */
function pngSize(view: DataView): Size | null {
  for (let at = 8; ; at += 12 + view.getUint32(at)) {
    const type = view.getUint32(at + 4);
    if (type === 0x65584966) return null; // eXIf
    if (type === 0x49444154) break; // IDAT
  }
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function webpSize(view: DataView): Size | null {
  const uint24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  switch (view.getUint32(12)) {
    case 0x56503858: // VP8X, whose flags say whether EXIF data follow, which may turn the picture
      if ((view.getUint8(20) & 0x08) !== 0) return null;
      return { width: uint24(24) + 1, height: uint24(27) + 1 };
    case 0x56503820: // VP8, lossy
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 0x5650384c: {
      // VP8L, lossless: 14 bits each
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    default:
      return null;
  }
}

/** Walks a JPEG's segments to the frame header (SOF0 to SOF15 but for DHT, JPG and DAC). */
function jpegSize(view: DataView): Size | null {
  let at = 2;
  let turned = false;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const [width, height] = [view.getUint16(at + 7), view.getUint16(at + 5)];
      return turned ? { width: height, height: width } : { width, height };
    } else if (marker === 0xda || marker === 0xd9) return null;
    else {
      const length = view.getUint16(at + 2);
      if (marker === 0xe1)
        turned ||= isTurned(new DataView(view.buffer, view.byteOffset + at + 4, length - 2));
      at += 2 + length;
    }
  }
}

/** Does this EXIF segment (TIFF 6.0, tag 274) say that width and height change places? */
function isTurned(exif: DataView): boolean {
  const tiff = 6;
  if (exif.byteLength < tiff + 8 || exif.getUint32(0) !== 0x45786966) return false;
  const little = exif.getUint16(tiff) === 0x4949;
  const list = tiff + exif.getUint32(tiff + 4, little);
  if (list + 2 > exif.byteLength) return false;
  const count = exif.getUint16(list, little);
  for (let at = list + 2; at < list + 2 + 12 * count && at + 12 <= exif.byteLength; at += 12)
    if (exif.getUint16(at, little) === 274) return exif.getUint16(at + 8, little) >= 5;
  return false;
}
