/** The contract that every backend keeps, for whole towers of odd sizes. */
import { describe, test } from 'vitest';
import { textTower } from '../../model/clip-text.ts';
import { visionTower } from '../../model/clip-vision.ts';
import { siglipTextTower } from '../../model/siglip-text.ts';
import { siglipVisionTower } from '../../model/siglip-vision.ts';
import { BACKENDS, expectConform, integers, matrix, opened } from '../../testing/conformance.ts';
import {
  ODD_SIGLIP_TEXT,
  ODD_SIGLIP_VISION,
  ODD_TEXT,
  ODD_VISION,
} from '../../testing/odd-towers.ts';

describe.each(BACKENDS)('%s', (_, create, tolerance) => {
  test.each([1, 3])('CLIP’s image tower, %i images', async (batch) => {
    const tower = visionTower(ODD_VISION, 10, batch);
    const inputs = { pixels: matrix('pixels', batch, 3 * 17 * 17), ...tower.constants };
    await expectConform(await opened(create), tower, inputs, tolerance.tower);
  });

  test.each([1, 3])('SigLIP’s image tower, %i images', async (batch) => {
    const tower = siglipVisionTower(ODD_SIGLIP_VISION, batch);
    const inputs = { pixels: matrix('pixels', batch, 3 * 17 * 17), ...tower.constants };
    await expectConform(await opened(create), tower, inputs, tolerance.tower);
  });

  test('SigLIP’s text tower, three texts in one batch', async () => {
    const tower = siglipTextTower(ODD_SIGLIP_TEXT, 21, 3);
    const inputs = { tokens: matrix('tokens', 3 * 11, 14), ...tower.constants };
    await expectConform(await opened(create), tower, inputs, tolerance.tower);
  });

  test('CLIP’s text tower, texts of 2, 9 and 5 tokens in one batch', async () => {
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
