import { pngChunk } from './png-writer.ts';

/** TIFF data with one field, the orientation, as EXIF stores it. */
export function exifData(orientation: number, order: 'II' | 'MM' = 'MM'): Uint8Array {
  const data = Buffer.alloc(26);
  const little = order === 'II';
  const u16 = (value: number, at: number) =>
    little ? data.writeUInt16LE(value, at) : data.writeUInt16BE(value, at);
  const u32 = (value: number, at: number) =>
    little ? data.writeUInt32LE(value, at) : data.writeUInt32BE(value, at);
  data.write(order, 0, 'latin1');
  u16(42, 2);
  u32(8, 4); // the directory's offset
  u16(1, 8); // its fields
  u16(0x0112, 10); // Orientation
  u16(3, 12); // SHORT
  u32(1, 14); // one value
  u16(orientation, 18);
  return new Uint8Array(data);
}

export function xmpPacket(orientation: number): string {
  return `<x:xmpmeta><rdf:Description tiff:Orientation="${orientation}"/></x:xmpmeta>`;
}

/** A JPEG with APP1 segments behind its SOI marker. */
export function withApp1(
  jpeg: Uint8Array,
  ...contents: readonly (Uint8Array | string)[]
): Uint8Array {
  const segments = contents.map((content) => {
    const data = Buffer.from(content);
    const head = Buffer.from([0xff, 0xe1, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  });
  return new Uint8Array(Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]));
}

/** A JPEG with EXIF data. */
export function withExif(jpeg: Uint8Array, tiff: Uint8Array): Uint8Array {
  return withApp1(jpeg, Buffer.concat([Buffer.from('Exif\0\0'), tiff]));
}

/** A PNG with a chunk behind its IHDR. */
export function withPngChunk(png: Uint8Array, type: string, data: Uint8Array): Uint8Array {
  const behindHeader = 33;
  return new Uint8Array(
    Buffer.concat([
      png.subarray(0, behindHeader),
      pngChunk(type, data),
      png.subarray(behindHeader),
    ]),
  );
}

/**
 * A lossless WebP with a chunk of metadata behind its picture.
 *
 * @param flags - of the VP8X chunk: what it announces; 0x08 EXIF, 0x04 XMP
 */
export function withWebpChunk(
  webp: Uint8Array,
  type: string,
  data: Uint8Array,
  flags = 0x0c,
): Uint8Array {
  const simple = Buffer.from(webp);
  const size = simple.readUInt32LE(21); // of VP8L: width - 1 and height - 1 in 14 bits each
  const extended = Buffer.alloc(10);
  extended[0] = flags;
  extended.writeUIntLE(size & 0x3fff, 4, 3);
  extended.writeUIntLE((size >> 14) & 0x3fff, 7, 3);
  const file = Buffer.concat([
    simple.subarray(0, 12),
    riffChunk('VP8X', extended),
    simple.subarray(12),
    riffChunk(type, data),
  ]);
  file.writeUInt32LE(file.length - 8, 4);
  return new Uint8Array(file);
}

function riffChunk(type: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
