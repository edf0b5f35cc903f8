import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seededNumbers } from '../../testing/seeded.ts';
import { decodeImage } from '../decode.ts';
import type { RgbImage } from '../rgb-image.ts';
import { EQUAL, levelDifference } from '../testing/level-difference.ts';
import { pictureOf, pixelAt, sampleFile, samplePicture } from '../testing/sample-picture.ts';
import type { ResizeFilter } from './filters.ts';
import { resizeAndCrop } from './resize.ts';

// That bicubic's levels are Pillow's at the models' sizes is tested in reference.test.ts.

function noise(width: number, height: number, channels: 3 | 4 = 3): RgbImage {
  const values = seededNumbers(width * height * channels, width * 31 + height);
  return { width, height, channels, data: Uint8Array.from(values, (v) => (v + 1) * 127.9) };
}

/** A window of a picture, taken as it is. */
function cropped(image: RgbImage, left: number, top: number, width: number, height: number) {
  return pictureOf(width, height, (x, y) => {
    const [red, green, blue] = pixelAt(image, left + x, top + y);
    return [red!, green!, blue!];
  });
}

const whole = ({ width, height }: { width: number; height: number }) => ({
  left: 0,
  top: 0,
  width,
  height,
});

const FILTER_FILES = readdirSync(new URL('../testing/files/resize/', import.meta.url))
  .map((name) => /^(\d+)x(\d+)\.(\w+)\.png$/.exec(name))
  .filter((found) => found !== null)
  .map(([name, width, height, filter]) => ({ name, width, height, filter }));

test.each(FILTER_FILES)('$filter to $width × $height gives the levels of Pillow', async (file) => {
  const source = await decodeImage(sampleFile('resize/noise.png'));
  const size = { width: Number(file.width), height: Number(file.height) };
  const filter = file.filter as ResizeFilter;
  const resized = resizeAndCrop(source, size, whole(size), filter);
  const expected = await decodeImage(sampleFile(`resize/${file.name}`));
  expect(levelDifference(resized, expected)).toMatchObject(EQUAL);

  const middle = { left: 3, top: 2, width: size.width - 5, height: size.height - 4 };
  expect(
    levelDifference(
      resizeAndCrop(source, size, middle, filter),
      cropped(expected, 3, 2, middle.width, middle.height),
    ),
  ).toMatchObject(EQUAL);
});

describe('resizeAndCrop', () => {
  test.each([
    { size: { width: 31, height: 17 }, what: 'shrunk' },
    { size: { width: 150, height: 133 }, what: 'enlarged' },
    { size: { width: 67, height: 20 }, what: 'shrunk vertically alone' },
    { size: { width: 20, height: 53 }, what: 'shrunk horizontally alone' },
    { size: { width: 67, height: 53 }, what: 'of the same size' },
    { size: { width: 200, height: 9 }, what: 'stretched' },
  ])(
    'gives a window of a picture that is $what as cutting it out of the whole does',
    ({ size }) => {
      const image = noise(67, 53);
      const full = resizeAndCrop(image, size, whole(size));
      const window = { left: 3, top: 2, width: size.width - 7, height: size.height - 5 };
      expect(
        levelDifference(
          resizeAndCrop(image, size, window),
          cropped(full, window.left, window.top, window.width, window.height),
        ),
      ).toMatchObject(EQUAL);
    },
  );

  test('leaves a picture of the wanted size as it is', () => {
    const image = samplePicture();
    expect(levelDifference(resizeAndCrop(image, image, whole(image)), image)).toMatchObject(EQUAL);
  });

  test.each([
    [67, 53, 31, 17],
    [67, 53, 150, 133],
    [64, 40, 1, 1],
    [3, 200, 2, 7],
    [501, 9, 40, 9],
    [1, 1, 5, 5],
  ])(
    'gives the same of %i × %i to %i × %i in SIMD, for 4 channels, as without, for 3',
    (w, h, toW, toH) => {
      const rgba = noise(w, h, 4);
      const size = { width: toW, height: toH };
      expect(
        levelDifference(
          resizeAndCrop(rgba, size, whole(size)),
          resizeAndCrop(cropped(rgba, 0, 0, w, h), size, whole(size)),
        ),
      ).toMatchObject(EQUAL);
    },
  );

  test('does not look at the fourth channel', () => {
    const rgba = noise(40, 30, 4);
    const rgb = cropped(rgba, 0, 0, 40, 30);
    const size = { width: 13, height: 45 };
    expect(
      levelDifference(
        resizeAndCrop(rgba, size, whole(size)),
        resizeAndCrop(rgb, size, whole(size)),
      ),
    ).toMatchObject(EQUAL);
  });

  test('keeps a single colour, and clamps where the filter overshoots', () => {
    const flat = pictureOf(90, 70, () => [255, 128, 0]);
    const size = { width: 33, height: 200 };
    const resized = resizeAndCrop(flat, size, whole(size));
    expect(
      levelDifference(
        resized,
        pictureOf(33, 200, () => [255, 128, 0]),
      ),
    ).toMatchObject(EQUAL);

    const edge = pictureOf(20, 1, (x) => (x < 10 ? [0, 0, 0] : [255, 255, 255]));
    const wide = resizeAndCrop(edge, { width: 200, height: 1 }, whole({ width: 200, height: 1 }));
    expect(pixelAt(wide, 80, 0)).toEqual([0, 0, 0]);
    expect(pixelAt(wide, 120, 0)).toEqual([255, 255, 255]);
  });

  test('costs no more than the window for a picture of one column and 25 million rows', () => {
    const strip: RgbImage = {
      width: 1,
      height: 25_000_000,
      channels: 3,
      data: new Uint8Array(75_000_000).fill(7),
    };
    const size = { width: 224, height: 224 * 25_000_000 };
    const before = process.memoryUsage().arrayBuffers;
    const start = performance.now();
    const middle = resizeAndCrop(strip, size, {
      left: 0,
      top: (size.height - 224) / 2,
      width: 224,
      height: 224,
    });
    expect(performance.now() - start).toBeLessThan(1000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    expect(pixelAt(middle, 112, 112)).toEqual([7, 7, 7]);
  });

  test.each([
    [1, 1_000_000],
    [1, 25_000_000],
    [25_000_000, 1],
  ])('refuses to squeeze a strip of %i × %i into a square', (width, height) => {
    const data = new Uint8Array(width * height * 3);
    const size = { width: 224, height: 224 };
    expect(() => resizeAndCrop({ width, height, channels: 3, data }, size, whole(size))).toThrow(
      expect.objectContaining({ code: 'IMAGE_TOO_LARGE' }),
    );
  });

  test('refuses a window that reaches beyond the resized picture', () => {
    const size = { width: 10, height: 10 };
    const window = { left: 4, top: 0, width: 7, height: 10 };
    expect(() => resizeAndCrop(samplePicture(), size, window)).toThrow(
      'expected a window within 10 × 10, got 7 × 10 at 4, 0',
    );
  });
});
