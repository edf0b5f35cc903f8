import { decodeImage } from '@clipql/core';
import { expect, test } from 'vitest';
import { encodePng } from './png-file.ts';

test('a PNG has the pixels that it was made of, and its texts', async () => {
  const data = Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => (i * 37) % 256);
  const bytes = await encodePng(
    { width: 5, height: 3, channels: 3, data },
    { Title: 'a château', Software: 'ClipQL' },
  );
  const decoded = await decodeImage(bytes);
  const rgb = Array.from({ length: 15 }, (_, i) => [
    ...decoded.data.subarray(i * decoded.channels, i * decoded.channels + 3),
  ]);
  expect(rgb.flat()).toEqual([...data]);
  expect(bytes.includes(Buffer.from('iTXtTitle\0\0\0\0\0a château'))).toBe(true);
});
