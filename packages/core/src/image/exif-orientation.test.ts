import { describe, expect, test } from 'vitest';
import { orientationOf } from './exif-orientation.ts';
import { exifData, xmpPacket } from './testing/metadata.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** EXIF data with the orientation as a field of this type. */
function exifField(type: number, count: number, value: Uint8Array): Uint8Array {
  const data = Buffer.concat([exifData(0), value]);
  data.writeUInt16BE(type, 12);
  data.writeUInt32BE(count, 14);
  data.fill(0, 18, 22);
  if (value.length > 4) data.writeUInt32BE(26, 18);
  else data.set(value, 18);
  return new Uint8Array(data);
}

describe('orientationOf', () => {
  test.each(['II', 'MM'] as const)('reads EXIF data of byte order %s', (order) => {
    expect(orientationOf({ exif: exifData(6, order) })).toBe(6);
  });

  test.each(['II', 'MM'] as const)(
    'reads EXIF data whose 42 has not the byte order %s',
    (order) => {
      const exif = exifData(6, order);
      [exif[2], exif[3]] = [exif[3]!, exif[2]!];
      expect(orientationOf({ exif })).toBe(6);
    },
  );

  test.each([0, 17, 99])(
    'passes over a field of type %i, which does not exist, for XMP',
    (type) => {
      const exif = exifField(type, 1, Buffer.from([0, 3]));
      expect(orientationOf({ exif, xmp: bytes(xmpPacket(6)) })).toBe(6);
    },
  );

  test('reads EXIF data behind its name', () => {
    const named = Uint8Array.from([...bytes('Exif\0\0'), ...exifData(3)]);
    expect(orientationOf({ exif: named })).toBe(3);
  });

  test('reads XMP only where EXIF has no orientation', () => {
    const xmp = bytes(xmpPacket(8));
    expect(orientationOf({ xmp })).toBe(8);
    expect(orientationOf({ exif: exifData(5), xmp })).toBe(5);
    expect(orientationOf({ xmp: bytes('<tiff:Orientation>7</tiff:Orientation>') })).toBe(7);
  });

  test.each([
    ['SSHORT', 8, Buffer.from([0, 6])],
    ['LONG', 4, Buffer.from([0, 0, 0, 6])],
    ['SBYTE', 6, Buffer.from([6])],
    ['FLOAT', 11, Buffer.from('40c00000', 'hex')],
    ['two SHORT', 3, Buffer.from([0, 6, 0, 1]), 2],
    ['RATIONAL', 5, Buffer.from([0, 0, 0, 12, 0, 0, 0, 2])],
  ])('reads an orientation that is %s, as Pillow does', (_name, type, value, count = 1) => {
    expect(orientationOf({ exif: exifField(type, count, value) })).toBe(6);
  });

  test.each([
    ['BYTE', 1, 1],
    ['no value', 3, 0],
  ])('takes an orientation that is %s as none, as Pillow does', (_name, type, count) => {
    expect(orientationOf({ exif: exifField(type, count, Buffer.from([6])) })).toBe(1);
  });

  test('takes a BYTE for an orientation all the same, so that XMP has no say', () => {
    const exif = exifField(1, 1, Buffer.from([6]));
    expect(orientationOf({ exif, xmp: bytes(xmpPacket(8)) })).toBe(1);
  });

  test.each([0, 9, 65535])('takes the orientation %i, which does not exist, as none', (value) => {
    expect(orientationOf({ exif: exifData(value) })).toBe(1);
  });

  test('takes EXIF data that is cut short anywhere as none, without an error', () => {
    const exif = exifData(6);
    for (let length = 0; length < 22; length++) {
      expect(orientationOf({ exif: exif.subarray(0, length) })).toBe(1);
    }
  });
});
