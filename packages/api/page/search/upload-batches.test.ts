import { expect, test } from 'vitest';
import { addressesIn, batchesOf, type NewPicture, pictureAt, pictureOf } from './upload-batches.ts';

const MIB = 2 ** 20;
const file = (name: string, mebibytes: number): NewPicture => ({
  key: name,
  metadata: {},
  source: { name, size: mebibytes * MIB } as File,
});

test('files are sent in parts that a request can hold, in their order', () => {
  const pictures = [file('a', 6), file('b', 6), file('c', 6), file('d', 20), file('e', 1)];
  const keys = batchesOf(pictures, 32 * MIB).map((batch) => batch.map(({ key }) => key));
  expect(keys).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
  expect(batchesOf([], 32 * MIB)).toEqual([]);
});

test('a file that is scaled down counts as what the server accepts', () => {
  const pictures = [file('a', 40), file('b', 6), file('c', 1)];
  expect(batchesOf(pictures, 10 * MIB)).toEqual([pictures.slice(0, 2), pictures.slice(2)]);
});

test('addresses are sent a thousand at a time', () => {
  const pictures = Array.from({ length: 2_500 }, (_, i) => pictureAt(`https://example.com/${i}`));
  expect(batchesOf(pictures, MIB).map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
});

test('addresses are read a line at a time, without empty and repeated ones', () => {
  const text =
    '\r\n https://a.example/x.jpg \r\n\r\nhttps://b.example/?a,b\nhttps://a.example/x.jpg\n';
  expect(addressesIn(text)).toEqual(['https://a.example/x.jpg', 'https://b.example/?a,b']);
});

test('a file is known by its path in the folder', () => {
  const one = new File(['x'], 'sea.jpg', { lastModified: Date.UTC(2026, 0, 2) });
  const changed = '2026-01-02';
  expect(pictureOf(one)).toEqual({ key: 'sea.jpg', metadata: { changed }, source: one });
  Object.defineProperty(one, 'webkitRelativePath', { value: 'trips/2026/sea.jpg' });
  expect(pictureOf(one)).toMatchObject({
    key: 'trips/2026/sea.jpg',
    metadata: { folder: 'trips/2026', changed },
  });
});
