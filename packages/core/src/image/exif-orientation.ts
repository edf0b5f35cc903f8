/**
 * How the stored picture is to be turned to be upright, as EXIF 2.32 numbers it: 1 not at all,
 * 2 mirrored left to right, 3 by 180°, 4 mirrored top to bottom, 5 mirrored along the main
 * diagonal, 6 by 90° clockwise, 7 mirrored along the other diagonal, 8 by 90° anticlockwise.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
/** Bytes of a value, by the TIFF type of the field: BYTE, SHORT, LONG. */
const INTEGER_SIZES: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4 };

/**
 * The orientation that a file's metadata gives, 1 where it gives none. As Pillow's
 * `ImageOps.exif_transpose`: the tag in the first image directory of the EXIF data, and only
 * without such a tag the `tiff:Orientation` of the XMP packet. Damaged metadata is no metadata: it
 * never fails a picture.
 */
export function orientationOf(metadata: {
  /** TIFF data, with or without `Exif\0\0` before it. */
  readonly exif?: Uint8Array | undefined;
  /** An XMP packet, with or without something before it. */
  readonly xmp?: Uint8Array | undefined;
}): Orientation {
  const stored =
    (metadata.exif && exifOrientation(metadata.exif)) ??
    (metadata.xmp && xmpOrientation(metadata.xmp));
  return isOrientation(stored) ? stored : 1;
}

function isOrientation(value: number | undefined): value is Orientation {
  return value !== undefined && value >= 1 && value <= 8;
}

function exifOrientation(exif: Uint8Array): number | undefined {
  const start = String.fromCharCode(...exif.subarray(0, 6)) === 'Exif\0\0' ? 6 : 0;
  const view = new DataView(exif.buffer, exif.byteOffset + start, exif.byteLength - start);
  if (view.byteLength < 8) return undefined;
  const order = view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return undefined;

  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return undefined;
  const end = directory + 2 + 12 * view.getUint16(directory, little);
  for (let at = directory + 2; at < end && at + 12 <= view.byteLength; at += 12) {
    if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
    const size = INTEGER_SIZES[view.getUint16(at + 2, little)];
    if (size === undefined || view.getUint32(at + 4, little) !== 1) return undefined;
    if (size === 1) return view.getUint8(at + 8);
    return size === 2 ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little);
  }
  return undefined;
}

function xmpOrientation(xmp: Uint8Array): number | undefined {
  const digit = /tiff:Orientation(?:="|>)([0-9])/.exec(new TextDecoder('latin1').decode(xmp))?.[1];
  return digit === undefined ? undefined : Number(digit);
}
