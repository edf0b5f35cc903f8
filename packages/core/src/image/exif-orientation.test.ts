import { describe, expect, test } from 'vitest';
import { orientationOf } from './exif-orientation.ts';
import { exifData, xmpPacket } from './testing/metadata.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('orientationOf', () => {
  test.each(['II', 'MM'] as const)('reads EXIF data of byte order %s', (order) => {
    expect(orientationOf({ exif: exifData(6, order) })).toBe(6);
  });

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
