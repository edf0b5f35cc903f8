import { startsWith } from './signature.ts';

/**
 * How the stored picture is to be turned to be upright, as EXIF 2.32 numbers it: 1 not at all,
 * 2 mirrored left to right, 3 by 180°, 4 mirrored top to bottom, 5 mirrored along the main
 * diagonal, 6 by 90° clockwise, 7 mirrored along the other diagonal, 8 by 90° anticlockwise.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
/** BYTE, ASCII and UNDEFINED: bytes or a text to Pillow, which turn nothing. */
const NO_NUMBERS: readonly number[] = [1, 2, 7];
/** Numbers by the TIFF type of a field. */
const NUMBERS: Readonly<
  Record<number, { bytes: number; read: (view: DataView, at: number, little: boolean) => number }>
> = {
  3: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  4: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  5: {
    bytes: 8,
    read: (view, at, little) => view.getUint32(at, little) / view.getUint32(at + 4, little),
  },
  6: { bytes: 1, read: (view, at) => view.getInt8(at) },
  8: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  9: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  10: {
    bytes: 8,
    read: (view, at, little) => view.getInt32(at, little) / view.getInt32(at + 4, little),
  },
  11: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  12: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  13: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  16: { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
};

/**
 * The orientation that a file's metadata gives, 1 where it gives none. As Pillow's
 * `ImageOps.exif_transpose`: the tag in the first image directory of the EXIF data, whatever kind of
 * number it is, and only without such a tag the `tiff:Orientation` of the XMP packet. Damaged metadata is no metadata: it
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
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8;
}

/**
 * The first value of the last field with the tag, as Pillow takes it; 0 where it is no number. A field of a
 * type that does not exist is none.
 */
export function exifOrientation(exif: Uint8Array): number | undefined {
  let start = 0;
  while (startsWith(exif, 'Exif\0\0', start)) start += 6;
  const view = new DataView(exif.buffer, exif.byteOffset + start, exif.byteLength - start);
  if (view.byteLength < 8) return undefined;
  const order = view.getUint16(0);
  const little = order === 0x4949;
  // Pillow reads either byte order of the number behind it.
  const isTiff = view.getUint16(2) === 42 || view.getUint16(2, true) === 42;
  if ((!little && order !== 0x4d4d) || !isTiff) return undefined;

  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return undefined;
  const end = directory + 2 + 12 * view.getUint16(directory, little);
  let orientation: number | undefined;
  for (let at = directory + 2; at < end && at + 12 <= view.byteLength; at += 12) {
    if (view.getUint16(at, little) === ORIENTATION_TAG) {
      orientation = fieldValue(view, at, little) ?? orientation;
    }
  }
  return orientation;
}

function fieldValue(view: DataView, at: number, little: boolean): number | undefined {
  const count = view.getUint32(at + 4, little);
  if (count === 0) return undefined;
  const type = view.getUint16(at + 2, little);
  if (NO_NUMBERS.includes(type)) return 0;
  const number = NUMBERS[type];
  if (number === undefined) return undefined;
  const fits = number.bytes * count <= 4;
  const value = fits ? at + 8 : view.getUint32(at + 8, little);
  if (value + number.bytes * count > view.byteLength) return undefined;
  return number.read(view, value, little);
}

function xmpOrientation(xmp: Uint8Array): number | undefined {
  const digit = /tiff:Orientation(?:="|>)([0-9])/.exec(new TextDecoder('latin1').decode(xmp))?.[1];
  return digit === undefined ? undefined : Number(digit);
}
