import { Blob, File } from 'node:buffer';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeImage } from '../decode.ts';
import { type ImageSource, pixelsOf } from './image-source.ts';

const FILE = new URL('../testing/files/cmyk.expected.png', import.meta.url);
const bytes = new Uint8Array(await readFile(FILE));
const { width, height, data } = await decodeImage(bytes);

/** /picture is the picture, /large never ends, anything else is not there. */
const server = createServer(({ url }, response) => {
  if (url === '/picture') response.end(bytes);
  else if (url === '/large') {
    const part = Buffer.alloc(1 << 20);
    const write = () => response.write(part, (error) => error ?? write());
    write();
  } else response.writeHead(404).end();
});
let site: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A canvas as a package for Node has it. */
const canvas = {
  width,
  height,
  getContext: () => ({
    getImageData: () => ({ width, height, data: Uint8ClampedArray.from(data) }),
  }),
};

test.each<[string, () => ImageSource]>([
  ['bytes', () => bytes],
  ['a Blob', () => new Blob([bytes])],
  ['a File', () => new File([bytes], 'picture.png')],
  ['ImageData', () => ({ width, height, data: Uint8ClampedArray.from(data) })],
  ['a canvas', () => canvas],
  ['a file URL', () => FILE],
  ['a file URL’s text', () => FILE.href],
  ['a data URL', () => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`],
  ['a blob URL', () => URL.createObjectURL(new Blob([bytes]) as never)],
  ['an http URL', () => new URL(`${site}/picture`)],
  ['an http URL’s text', () => `${site}/picture`],
])('an image as %s is the picture of its file', async (_form, image) => {
  expect(await pixelsOf(image())).toEqual({
    width,
    height,
    channels: 4,
    data: new Uint8Array(data),
  });
});

test.each<[string, () => unknown, string, string]>([
  ['a path', () => 'photo.jpg', 'BAD_INPUT', 'expected the URL of an image, got "photo.jpg"'],
  [
    'a file URL of nothing',
    () => 'file:///nowhere/a.png',
    'BAD_INPUT',
    'file:///nowhere/a.png: cannot be read: ENOENT',
  ],
  ['another URL', () => 'ftp://host/a.png', 'BAD_INPUT', 'got ftp: of ftp://host/a.png'],
  [
    'a URL that is not there',
    () => `${site}/gone?key=secret`,
    'DOWNLOAD_FAILED',
    '/gone: expected an image, got status 404',
  ],
  ['a URL without end', () => `${site}/large`, 'IMAGE_TOO_LARGE', 'at most 67,108,864 bytes'],
  ['a host that refuses', () => 'http://127.0.0.1:1/a.png', 'DOWNLOAD_FAILED', 'cannot be fetched'],
  ['text in a Blob', () => new Blob(['no image']), 'IMAGE_UNSUPPORTED', ''],
  [
    'an ImageBitmap, which Node lacks',
    () => ({ width, height, close: () => {} }),
    'BAD_INPUT',
    'there is no OffscreenCanvas here',
  ],
  ['a closed ImageBitmap', () => ({ width: 0, height: 0, close: () => {} }), 'BAD_INPUT', '0 × 0'],
  [
    'ImageData of floats',
    () => ({ width, height, data: new Float32Array(4) }),
    'BAD_INPUT',
    'got Float32Array',
  ],
  ['a number', () => 7, 'BAD_INPUT', 'a canvas or pixels, got number'],
  ['an array', () => [1], 'BAD_INPUT', 'got [object Array]'],
  ['null', () => null, 'BAD_INPUT', 'got [object Null]'],
])('%s is refused with a code', async (_form, image, code, message) => {
  const refused = pixelsOf(image() as ImageSource);
  await expect(refused).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
  await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
});
