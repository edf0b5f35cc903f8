import { decodeImage, sniffImage } from '@clipql/core';
import { expect, test } from 'vitest';
import { encodeGif } from './gif-file.ts';

test('a GIF has all frames, the first of which is decoded in its colour', async () => {
  const frame = (value: number) =>
    ({ width: 16, height: 8, channels: 3, data: new Uint8Array(3 * 16 * 8).fill(value) }) as const;
  const bytes = await encodeGif(
    (async function* () {
      yield frame(200);
      yield frame(90);
      yield frame(10);
    })(),
  );
  expect(sniffImage(bytes)).toMatchObject({ format: 'gif', width: 16, height: 8 });
  const { data } = await decodeImage(bytes);
  expect(Math.abs(data[0]! - 200)).toBeLessThan(8);
  // A graphic control extension begins each frame.
  expect(bytes.toString('latin1').split('\x21\xf9\x04')).toHaveLength(4);
});
