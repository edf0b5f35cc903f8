import { ClipError, grouped } from '../../errors.ts';
import { ByteReader } from '../byte-reader.ts';
import type { PictureHeader } from '../codec.ts';
import { exifOrientation, type Orientation, orientationOf } from '../exif-orientation.ts';
import { largestAv1Frame } from './av1-sequence.ts';
import { type AvifMeta, type Extent, readAvifMeta } from './avif-meta.ts';
import { type Box, boxes } from './iso-boxes.ts';

export interface AvifHeader extends PictureHeader {
  readonly orientation: Orientation;
  /** The boxes that turn and mirror. */
  readonly turns: readonly Box[];
  /** Where the data of its coded pictures ends. */
  readonly dataEnd: number;
  /** Where the primary item's EXIF data and XMP packet lie. */
  readonly metadata: { readonly exif: readonly Extent[]; readonly xmp: readonly Extent[] };
}

/** An AVIF as its decoder gets it. */
export interface AvifFile {
  readonly header: AvifHeader;
  /** The same file, its brand set to that of a still picture, which is neither turned nor mirrored. */
  readonly bytes: Uint8Array;
  readonly orientation: Orientation;
}

const OBU_SEQUENCE_HEADER = 1;
/** OBUs that are looked at in a file, which has a handful a tile. */
const MAX_OBUS = 100_000;

/**
 * Reads the size of an AVIF's primary item and the largest of all that its decoder may allocate:
 * the `ispe` of every item, and the AV1 sequence headers, which an `ispe` may belie.
 *
 * @throws ClipError IMAGE_UNSUPPORTED for a sequence without a primary picture, or one that is not
 *   AV1; IMAGE_CORRUPT when it is cut short or contradicts itself.
 */
export function readAvifHeader(bytes: Uint8Array): AvifHeader {
  const reader = new ByteReader(bytes, 'AVIF');
  const meta = readMeta(reader);
  const type = meta.itemTypes.get(meta.primaryItem);
  if (type !== 'av01' && type !== 'grid') {
    throw new ClipError(
      'IMAGE_UNSUPPORTED',
      `expected an AVIF whose primary item is av01 or grid, got ${type ?? 'none'}`,
    );
  }

  const sizes = meta.properties
    .filter((property) => property.type === 'ispe')
    .map(({ at }) => ({ width: reader.u32be(at + 4), height: reader.u32be(at + 8) }));
  const own = (meta.associations.get(meta.primaryItem) ?? [])
    .map((index) => meta.properties[index - 1])
    .filter((property) => property !== undefined);
  const size = own.find((property) => property.type === 'ispe');
  if (size === undefined) throw reader.corrupt('its primary item has no size');
  const [width, height] = [reader.u32be(size.at + 4), reader.u32be(size.at + 8)];
  if (width === 0 || height === 0)
    throw reader.corrupt(`its size is ${grouped(width)} × ${grouped(height)}`);

  const coded = codedItems(meta);
  sizes.push(...sequenceSizes(reader, coded));
  return {
    width,
    height,
    decodedPixels: sizes.reduce((most, each) => Math.max(most, each.width * each.height), 0),
    orientation: orientationFrom(
      own.find((property) => property.type === 'irot')?.at,
      own.find((property) => property.type === 'imir')?.at,
      reader,
    ),
    turns: meta.properties.filter(({ type }) => type === 'irot' || type === 'imir'),
    metadata: {
      exif: metadataExtents(meta, 'Exif'),
      xmp: metadataExtents(meta, 'application/rdf+xml'),
    },
    dataEnd: coded.flat().reduce((end, { at, length }) => Math.max(end, at + length), 0),
  };
}

/**
 * Checks that the file has all the data that it refers to. Its brand is set to `avif`, so that a
 * sequence gives its primary picture rather than a track, whose size would be another. Boxes that turn it
 * turn by nothing: libavif leaves that to its callers, but a browser's decoder would do it too.
 *
 * @throws ClipError as `readAvifHeader`, and IMAGE_CORRUPT when data is missing.
 */
export function readAvifFile(bytes: Uint8Array): AvifFile {
  const header = readAvifHeader(bytes);
  new ByteReader(bytes, 'AVIF').expect(0, header.dataEnd);
  // Not `slice`, which of Node's Buffers makes no copy.
  const still = new Uint8Array(bytes);
  const put = (at: number, text: string) => still.set(new TextEncoder().encode(text), at);
  put(8, 'avif');
  for (const { at } of header.turns) put(at - 'irot'.length, 'irot\0');
  return { header, bytes: still, orientation: storedOrientation(bytes, header) };
}

/**
 * What Pillow makes of the boxes that turn and mirror, and of metadata: the boxes take the place of an EXIF
 * orientation, and XMP counts only where neither says anything.
 */
function storedOrientation(bytes: Uint8Array, { orientation, metadata }: AvifHeader): Orientation {
  if (orientation !== 1 || metadata.xmp.length === 0) return orientation;
  const reader = new ByteReader(bytes, 'AVIF');
  // EXIF data begins behind four bytes of an offset.
  const exif = itemBytes(reader, metadata.exif)?.subarray(4);
  if (exif !== undefined && exifOrientation(exif) !== undefined) return orientation;
  return orientationOf({ xmp: itemBytes(reader, metadata.xmp) });
}

function metadataExtents(meta: AvifMeta, type: string): readonly Extent[] {
  const items = [...meta.itemTypes.keys()].filter(
    (item) => meta.itemTypes.get(item) === type && meta.describes.get(item) === meta.primaryItem,
  );
  return meta.extents.get(items.at(-1) ?? Number.NaN) ?? [];
}

function readMeta(reader: ByteReader): AvifMeta {
  for (const box of boxes(reader, 0, reader.length, { cut: true })) {
    if (box.type === 'meta') return readAvifMeta(reader, box);
  }
  throw reader.corrupt('it has no meta box');
}

/** Where the bytes of each coded picture lie. */
function codedItems(meta: AvifMeta): (readonly Extent[])[] {
  return [...meta.itemTypes]
    .filter(([, type]) => type === 'av01')
    .map(([item]) => meta.extents.get(item) ?? []);
}

/** The sizes in the AV1 sequence headers of coded pictures. */
function sequenceSizes(
  reader: ByteReader,
  items: readonly (readonly Extent[])[],
): { width: number; height: number }[] {
  const sizes = [];
  let obusLeft = MAX_OBUS;
  let copyLeft = reader.length;
  for (const extents of items) {
    const bytes = itemBytes(reader, extents);
    if (bytes === undefined) throw reader.corrupt('its items overlap');
    if (extents.length > 1) copyLeft -= bytes.length;
    if (copyLeft < 0) throw reader.corrupt('its items overlap');
    for (const { type, payload } of obus(bytes)) {
      if (--obusLeft < 0) throw reader.corrupt(`expected at most ${MAX_OBUS} OBUs`);
      if (type !== OBU_SEQUENCE_HEADER) continue;
      const size = largestAv1Frame(payload);
      if (size === undefined) throw reader.corrupt('an AV1 sequence header is cut short');
      sizes.push(size);
    }
  }
  return sizes;
}

/**
 * An item's bytes as far as the file has them; copied only where they lie in several places.
 *
 * @returns nothing where they are more than the file has
 */
function itemBytes(reader: ByteReader, extents: readonly Extent[]): Uint8Array | undefined {
  const parts = extents.map(({ at, length }) => {
    // Length 0 means to the end of the file.
    return reader.bytes.subarray(at, length === 0 ? undefined : at + length);
  });
  if (parts.length === 1) return parts[0]!;
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  if (total > reader.length) return undefined;
  const whole = new Uint8Array(total);
  let filled = 0;
  for (const part of parts) {
    whole.set(part, filled);
    filled += part.length;
  }
  return whole;
}

/** The open bitstream units of an AV1 stream (AV1 specification, 5.3). */
function* obus(bytes: Uint8Array): Generator<{ type: number; payload: Uint8Array }> {
  for (let at = 0; at < bytes.length; ) {
    const header = bytes[at++]!;
    const [hasExtension, hasSize] = [(header & 4) !== 0, (header & 2) !== 0];
    if (hasExtension) at++;
    let size = bytes.length - at;
    if (hasSize) {
      size = 0;
      for (let i = 0; i < 8; i++) {
        const byte = bytes[at++] ?? 0;
        size += (byte & 0x7f) * 2 ** (7 * i);
        if (byte < 0x80) break;
      }
    }
    yield { type: (header >> 3) & 15, payload: bytes.subarray(at, at + size) };
    at += size;
  }
}

/**
 * `irot` turns anticlockwise by quarters, then `imir` mirrors: with axis 0 top and bottom change
 * places, with axis 1 left and right (ISO/IEC 23008-12, 6.5.10 and 6.5.12, as libavif reads them).
 */
const ORIENTATIONS = {
  unmirrored: [1, 8, 3, 6],
  topToBottom: [4, 5, 2, 7],
  leftToRight: [2, 7, 4, 5],
} as const satisfies Record<string, readonly Orientation[]>;

function orientationFrom(
  irot: number | undefined,
  imir: number | undefined,
  reader: ByteReader,
): Orientation {
  const quarters = irot === undefined ? 0 : reader.u8(irot) & 3;
  if (imir === undefined) return ORIENTATIONS.unmirrored[quarters]!;
  const axis = reader.u8(imir) & 1;
  return ORIENTATIONS[axis === 0 ? 'topToBottom' : 'leftToRight'][quarters]!;
}
