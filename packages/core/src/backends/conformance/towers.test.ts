/** The contract that every backend keeps, for whole towers of odd sizes. */
import { describe, test } from 'vitest';
import { textTower } from '../../model/text.ts';
import { visionTower } from '../../model/vision.ts';
import { BACKENDS, expectConform, integers, matrix, opened } from '../../testing/conformance.ts';
import { ODD_TEXT, ODD_VISION } from '../../testing/odd-towers.ts';

describe.each(BACKENDS)('%s', (_, create, tolerance) => {
  test.each([1, 3])('the image tower, %i images', async (batch) => {
    const tower = visionTower(ODD_VISION, 10, batch);
    const tokens = ODD_VISION.patches + 1;
    const offsets = Int32Array.from({ length: batch + 1 }, (_, i) => i * tokens);
    const inputs = {
      pixels: matrix('pixels', batch, 3 * 17 * 17),
      offsets,
      classRows: offsets.slice(0, batch),
    };
    await expectConform(await opened(create), tower, inputs, tolerance.tower);
  });

  test('the text tower, texts of 2, 9 and 5 tokens in one batch', async () => {
    const tower = textTower(ODD_TEXT, 10, { texts: 3, tokens: 16 });
    const inputs = {
      ids: Int32Array.from({ length: 16 }, (_, i) => (i * 7) % 23),
      positions: integers(0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4),
      offsets: integers(0, 2, 11, 16),
      endRows: integers(1, 10, 15),
    };
    await expectConform(await opened(create), tower, inputs, tolerance.tower);
  });
});
