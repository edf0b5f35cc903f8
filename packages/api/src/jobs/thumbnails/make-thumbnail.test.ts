import { decodeImage } from '@clipql/core';
import { expect, onTestFinished, test } from 'vitest';
import { exampleBytes } from '../../testing/api.ts';
import { picture } from '../../testing/pictures.ts';
import { createThumbnails } from './make-thumbnail.ts';

test('one thread makes thumbnails of several pictures, one after the other, past one that is none', async () => {
  const thumbnails = createThumbnails();
  onTestFinished(() => thumbnails.close());
  const { signal } = new AbortController();
  const files = [
    await exampleBytes('march-pastoral.jpg'),
    new TextEncoder().encode('this is no picture'),
    picture(1),
    picture(2),
  ];
  const sizes = [];
  for (const thumbnail of await Promise.all(files.map((file) => thumbnails.make(file, signal)))) {
    const decoded = thumbnail && (await decodeImage(thumbnail));
    sizes.push(decoded && [decoded.width, decoded.height]);
  }
  expect(sizes).toEqual([[256, 125], undefined, [16, 16], [16, 16]]);
});
