import { describe, expect, test } from 'vitest';
import { ClipError } from '../errors.ts';
import { seededNumbers } from '../testing/seeded.ts';
import { CODECS } from './codecs.ts';
import { PngColour } from './png/png-file.ts';
import { sniffImage } from './sniff.ts';
import { writeGif } from './testing/gif-writer.ts';
import { idat, ihdr, pngOf } from './testing/png-writer.ts';
import { sampleFile } from './testing/sample-picture.ts';
import { SEED_IMAGES } from './testing/seed-images.ts';

/** The code and message that sniffing fails with. */
function failure(bytes: Uint8Array, limits?: { maxPixels?: number }): string {
  try {
    sniffImage(bytes, limits);
  } catch (error) {
    if (error instanceof ClipError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** The offset behind a name in a file. */
function behind(bytes: Uint8Array, name: string): number {
  return Buffer.from(bytes).indexOf(name, 0, 'latin1') + name.length;
}

describe('sniffImage', () => {
  test('has a seed file of each format, from which the other tests make theirs', () => {
    const seeded = new Set(SEED_IMAGES.map(({ format }) => format));
    expect([...seeded].sort()).toEqual(CODECS.map(({ name }) => name).sort());
  });

  test.each(SEED_IMAGES)('finds format and size of $name', ({ format, width, height, bytes }) => {
    expect(sniffImage(bytes)).toMatchObject({ format, width, height });
  });

  test.each([
    ['II+\0\x08\0\0\0', 'BigTIFF'],
    ['MM\0+\0\x08\0\0', 'BigTIFF'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'HEIC, which has to be converted to JPEG or PNG first'],
    ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'HEIF, which has to be converted to JPEG or PNG first'],
    ['\0\0\0\x18ftypisom\0\0\0\0isomavc1', 'MP4 or another video'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'SVG'],
    ['<?xml version="1.0"?>\n<svg/>', 'SVG'],
    ['\xef\xbb\xbf  <!DOCTYPE html><title>404</title>', 'HTML'],
    ['{"error": "not found"}', 'JSON'],
    ['Not Found, said the server', 'text'],
    ['%PDF-1.7', 'PDF'],
    ['RIFF\x10\0\0\0WAVEfmt ', 'a RIFF file such as WAV or AVI'],
    ['\x01\x02\x03\x04', 'bytes that begin with 01 02 03 04'],
    ['', 'no bytes'],
  ])('refuses %j by its name', (text, name) => {
    expect(failure(bytesOf(text))).toBe(
      `IMAGE_UNSUPPORTED: expected PNG, JPEG, GIF, WebP, AVIF, BMP or TIFF, got ${name}`,
    );
  });

  test('refuses a 68-byte PNG that claims 65500 × 65500 pixels', () => {
    const content = { width: 65_500, height: 65_500, colourType: PngColour.grey, bitDepth: 1 };
    const bomb = pngOf(ihdr(content), idat(new Uint8Array()));
    expect(bomb.length).toBeLessThan(68);
    expect(failure(bomb)).toBe(
      'IMAGE_TOO_LARGE: expected an image of at most 25,000,000 pixels, got 65,500 × 65,500',
    );
  });

  test('has a limit that callers set, the limit itself allowed', () => {
    const bytes = sampleFile('baseline.jpg');
    expect(failure(bytes, { maxPixels: 84 })).toBe('none');
    expect(failure(bytes, { maxPixels: 83 })).toBe(
      'IMAGE_TOO_LARGE: expected an image of at most 83 pixels, got 12 × 7',
    );
  });

  test('counts what a GIF’s first frame makes of its screen', () => {
    const frame = { x: 60_000, y: 0, width: 5000, height: 5000 };
    expect(failure(writeGif({ screen: [10, 10], frame, indices: [] }))).toContain(
      'got 65,000 × 5,000',
    );
    const screen = [30_000, 30_000] as const;
    const small = { x: 0, y: 0, width: 1, height: 1 };
    expect(failure(writeGif({ screen, frame: small, indices: [0] }))).toContain(
      'got 30,000 × 30,000',
    );
  });

  test('counts the largest frame that an AVIF’s bitstream allows, whatever its boxes say', () => {
    const file = sampleFile('lossless.avif');
    const view = new DataView(file.buffer);
    const size = behind(file, 'ispe') + 4;
    view.setUint32(size, 1);
    view.setUint32(size + 4, 1);
    expect(sniffImage(file)).toMatchObject({ width: 1, height: 1, decodedPixels: 12 * 7 });
    expect(failure(file, { maxPixels: 50 })).toContain('1 × 1, which costs as much as 84');
  });

  test('counts the largest item of an AVIF', () => {
    const file = sampleFile('grid.avif');
    const tile = Buffer.from(file).lastIndexOf('ispe') + 8;
    new DataView(file.buffer).setUint32(tile, 1_000_000);
    expect(failure(file)).toContain('IMAGE_TOO_LARGE');
  });

  test('refuses a WebP whose canvas is not that of its picture', () => {
    const file = sampleFile('lossy-alpha.webp');
    file[behind(file, 'VP8X') + 4 + 4]! += 1;
    expect(failure(file)).toContain('expected a picture of 41 × 24, got 40 × 24');
  });

  test('refuses a JPEG with two frame headers', () => {
    const file = Buffer.from(sampleFile('baseline.jpg'));
    const frame = file.indexOf('ffc0', 0, 'hex');
    const segment = file.subarray(frame, frame + 2 + file.readUInt16BE(frame + 2));
    const twice = Buffer.concat([file.subarray(0, frame), segment, file.subarray(frame)]);
    expect(failure(twice)).toBe(
      'IMAGE_CORRUPT: the JPEG file is damaged: it has two frame headers',
    );
  });

  test.each([
    [0xc3, 'got SOF3 of 8 bits'],
    [0xc9, 'got SOF9 of 8 bits'],
  ])('refuses a JPEG of kind %i, which is lossless or arithmetic-coded', (marker, message) => {
    const file = sampleFile('baseline.jpg');
    file[behind(file, '\xff\xc0') - 1] = marker;
    expect(failure(file)).toContain('IMAGE_UNSUPPORTED: expected a baseline or progressive JPEG');
    expect(failure(file)).toContain(message);
  });

  test.each([
    ['sample.png', 16, 4],
    ['baseline.jpg', behind(sampleFile('baseline.jpg'), '\xff\xc0') + 3, 2],
  ])('refuses a size of zero in %s', (name, at, bytes) => {
    const file = SEED_IMAGES.find((seed) => seed.name === name)!.bytes.slice();
    file.fill(0, at, at + bytes);
    expect(failure(file)).toMatch(/^IMAGE_CORRUPT: .* its size is /);
  });

  test.each(SEED_IMAGES)(
    'gives an answer or a ClipError for $name damaged at random',
    ({ bytes }) => {
      const random = seededNumbers(6000, bytes.length);
      const up = (i: number, below: number) => Math.floor(((random[i]! + 1) / 2) * below);
      const start = performance.now();
      for (let i = 0; i < random.length; i += 3) {
        const damaged = bytes.slice();
        damaged[up(i, Math.min(bytes.length, 300))] = up(i + 1, 256);
        damaged[up(i + 2, bytes.length)] = 0xff;
        expect(failure(damaged)).toMatch(/^(none$|IMAGE_(UNSUPPORTED|TOO_LARGE|CORRUPT): )/);
      }
      expect(performance.now() - start, 'it loops').toBeLessThan(10_000);
    },
  );
});
