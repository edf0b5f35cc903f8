import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWebServer, type WebServer } from '../../../core/src/testing/web-server.ts';
import { createImageFetcher, type ImageFetcher } from './fetch-image.ts';

/** What the server answers with: a body in pieces, each sent when the one before has left. */
interface Answer {
  readonly coding: string | readonly string[];
  readonly pieces: Iterable<Uint8Array>;
}

let server: WebServer;
let fetcher: ImageFetcher;
let answer: Answer;

beforeAll(async () => {
  server = await startWebServer({
    '/image': async (_request, response) => {
      response.setHeader('content-encoding', answer.coding);
      for (const piece of answer.pieces) {
        await new Promise((resolve) => response.write(piece, resolve));
      }
      response.end();
    },
  });
  fetcher = createImageFetcher({ allowHosts: [server.host], cacheBytes: 0 });
});

afterAll(async () => {
  await fetcher.close();
  await server.close();
});

/** The image of a server that answers so. */
async function fetched(coding: Answer['coding'], ...pieces: Uint8Array[]): Promise<string> {
  answer = { coding, pieces };
  return Buffer.from(await fetcher.fetch(`${server.url}/image`)).toString();
}

const PICTURE = Buffer.from('any bytes: what they are is for the decoder to say');
const HALVES = [PICTURE.subarray(0, 20), PICTURE.subarray(20)] as const;

const inSingleBytes = (body: Uint8Array) => Array.from(body, (byte) => Buffer.of(byte));

/** Its four bytes are for whoever knows what they mean (RFC 8878, 3.1.2). */
const SKIPPABLE_FRAME = Buffer.from('502a4d1804000000deadbeef', 'hex');

const FRAMES = Buffer.concat([
  zstdCompressSync(HALVES[0]),
  SKIPPABLE_FRAME,
  zstdCompressSync(''),
  zstdCompressSync(HALVES[1]),
]);

test.each<readonly [what: string, coding: Answer['coding'], pieces: Uint8Array[]]>([
  ['a gzip', 'gzip', [gzipSync(PICTURE)]],
  ['a gzip of two members', 'gzip', [Buffer.concat(HALVES.map((half) => gzipSync(half)))]],
  ['a zlib stream', 'deflate', [deflateSync(PICTURE)]],
  ['a bare deflate stream', 'deflate', [deflateRawSync(PICTURE)]],
  ['a bare deflate stream in single bytes', 'deflate', inSingleBytes(deflateRawSync(PICTURE))],
  ['Brotli', 'BR', [brotliCompressSync(PICTURE)]],
  ['a frame of Zstandard', 'zstd', [zstdCompressSync(PICTURE)]],
  ['frames of Zstandard', 'zstd', [FRAMES]],
  ['frames of Zstandard in single bytes', 'zstd', inSingleBytes(FRAMES)],
  ['a gzip inside a gzip', 'gzip, gzip', [gzipSync(gzipSync(PICTURE))]],
  ['frames inside a gzip', 'zstd, gzip', [gzipSync(FRAMES)]],
  ['a gzip inside a frame', 'gzip, zstd', [zstdCompressSync(gzipSync(PICTURE))]],
  [
    'an image whose codings are in two headers',
    ['deflate', 'br ,X-GZIP'],
    [gzipSync(brotliCompressSync(deflateSync(PICTURE)))],
  ],
  [
    'an image with empty members among its codings',
    ['', ' , gzip,, identity'],
    [gzipSync(PICTURE)],
  ],
])('%s arrives unpacked', async (_what, coding, pieces) => {
  expect(await fetched(coding, ...pieces)).toBe(PICTURE.toString());
});

test.each(['', 'aws-chunked', 'gzip, aws-chunked'])(
  'in %j an image arrives as it was sent',
  async (coding) => {
    expect(await fetched(coding, PICTURE)).toBe(PICTURE.toString());
  },
);

const BOMB = Buffer.alloc(64 * 1024 * 1024);

test.each([
  ['a gzip', 'gzip', gzipSync(BOMB)],
  ['Brotli', 'br', brotliCompressSync(BOMB)],
  ['a frame of Zstandard', 'zstd', zstdCompressSync(BOMB)],
  [
    'frames of Zstandard',
    'zstd',
    Buffer.concat(Array(64).fill(zstdCompressSync(BOMB.subarray(0, 1024 * 1024)))),
  ],
  ['a gzip inside a gzip', 'gzip, gzip', gzipSync(gzipSync(BOMB))],
])('%s that unpacks to 64 MiB is IMAGE_TOO_LARGE', async (_what, coding, body) => {
  await expect(fetched(coding, body)).rejects.toMatchObject({
    code: 'IMAGE_TOO_LARGE',
    message: expect.stringContaining('20 MiB'),
  });
});

const COMPRESS = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const;

test.each<readonly [what: string, coding: string, body: Uint8Array]>(
  COMPRESS.flatMap(([coding, compress]) => [
    [`no ${coding}`, coding, PICTURE],
    [`a ${coding} that is cut`, coding, compress(PICTURE).subarray(0, -4)],
    [`a ${coding} with more after its end`, coding, Buffer.concat([compress(PICTURE), PICTURE])],
  ]),
)('%s is IMAGE_FETCH_FAILED', async (_what, coding, body) => {
  const broken = {
    code: 'IMAGE_FETCH_FAILED',
    message: expect.stringContaining('broken content-encoding'),
  };
  await expect(fetched(coding, body)).rejects.toMatchObject(broken);
  await expect(fetched(coding, ...inSingleBytes(body))).rejects.toMatchObject(broken);
});

test.each([
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('a second stream after one in %s is refused: it would be lost', async (coding, compress) => {
  const streams = Buffer.concat(HALVES.map((half) => compress(half)));
  await expect(fetched(coding, streams)).rejects.toMatchObject({ code: 'IMAGE_FETCH_FAILED' });
});

test('a last frame that is cut is refused', async () => {
  await expect(fetched('zstd', FRAMES.subarray(0, -1))).rejects.toMatchObject({
    code: 'IMAGE_FETCH_FAILED',
  });
});

test('more than five codings are IMAGE_FETCH_FAILED', async () => {
  await expect(fetched(Array(6).fill('gzip').join(), PICTURE)).rejects.toMatchObject({
    code: 'IMAGE_FETCH_FAILED',
    message: 'expected at most 5 content codings, got 6',
  });
});
