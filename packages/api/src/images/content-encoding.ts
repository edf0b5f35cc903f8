import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { unpackedFrames } from './zstd-frames.ts';

type Chunks = AsyncIterable<Uint8Array>;

/** Reads a body a chunk at a time; an error of either end reaches the reader. */
const through = (body: Chunks, decompressor: NodeJS.ReadWriteStream): Chunks =>
  pipeline(body, decompressor, () => {}) as unknown as Readable;

/** For what is one stream alone; a gzip may have several members (RFC 1952), and Node refuses what is none. */
const ONE_STREAM = { rejectGarbageAfterEnd: true };

const DECODERS: Readonly<Record<string, (body: Chunks) => Chunks>> = {
  identity: (body) => body,
  gzip: (body) => through(body, createGunzip()),
  'x-gzip': (body) => through(body, createGunzip()),
  deflate: inflated,
  br: (body) => through(body, createBrotliDecompress(ONE_STREAM)),
  zstd: unpackedFrames,
};

/** Each coding unpacks what the one before it unpacked, so that their number multiplies the work. */
const MAX_CODINGS = 5;

/**
 * A body without its content codings, a chunk at a time: whoever reads it can stop at any size.
 *
 * Codings come as a list, in one header or several, whose empty members do not count (RFC 9110,
 * 5.6.1). With one among them that is not known, the body is passed through as it came, as Fetch has
 * it (https://fetch.spec.whatwg.org/#handle-content-codings).
 *
 * @throws ApiError IMAGE_FETCH_FAILED for more than five codings.
 */
export function decompressed(body: Chunks, header: string | readonly string[] = ''): Chunks {
  const codings = [header]
    .flat()
    .flatMap((value) => value.split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '');
  if (codings.length > MAX_CODINGS) {
    throw new ApiError(
      'IMAGE_FETCH_FAILED',
      `expected at most ${MAX_CODINGS} content codings, got ${grouped(codings.length)}`,
    );
  }
  if (!codings.every((coding) => Object.hasOwn(DECODERS, coding))) return body;
  return codings.reduceRight((coded, coding) => DECODERS[coding]!(coded), body);
}

/** `deflate` is the zlib format, but some servers send the bare stream, and browsers read both. */
async function* inflated(body: Chunks): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    head = Buffer.concat([head, next.value]);
    if (head.length >= ZLIB_HEADER_BYTES) break;
  }
  async function* whole() {
    yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  yield* through(whole(), isZlib(head) ? createInflate(ONE_STREAM) : createInflateRaw(ONE_STREAM));
}

const ZLIB_HEADER_BYTES = 2;

/** Method 8 in the lower four bits, and a check that makes both bytes a multiple of 31 (RFC 1950). */
const isZlib = (head: Buffer): boolean =>
  head.length >= ZLIB_HEADER_BYTES && (head[0]! & 15) === 8 && head.readUInt16BE() % 31 === 0;
