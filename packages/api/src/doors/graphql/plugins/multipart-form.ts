import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { ApiError } from '../../../errors/api-error.ts';

/** The first part of each name; a text, unless it came with a file name or as bytes. */
export type MultipartForm = ReadonlyMap<string, string | File>;

/** Bytes that are parsed without looking up: a full form is noticed after at most so many. */
const SLICE_BYTES = 16 * 1024;

/** Of what stands above a part's content: two short lines, as a rule. */
const HEADERS = { headerPairs: 20, headerSize: 8 * 1024 };

/**
 * Reads a form as RFC 7578 has it. The parser counts the parts, so that no other reading of the
 * boundary than its own decides how many there are.
 *
 * @param type the request's `content-type`, with the boundary.
 * @throws ApiError BAD_REQUEST for more parts, as soon as there are, and for a broken form.
 */
export async function readForm(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  maxParts: number,
): Promise<MultipartForm> {
  const form = new Map<string, string | File>();
  const put = (name: string | undefined, value: string | File) => {
    if (name !== undefined && !form.has(name)) form.set(name, value);
  };
  try {
    const limits = { ...HEADERS, parts: maxParts, fieldSize: bytes.length };
    const parser = new Busboy({ headers: { 'content-type': type }, limits });
    parser.on('field', put);
    parser.on('file', (name, content, fileName, _encoding, mediaType) => {
      gather(content, (chunks) => put(name, new File(chunks, fileName ?? '', { type: mediaType })));
    });
    parser.on('partsLimit', () => {
      parser.destroy(badForm(`a form of at most ${maxParts} parts`, 'one of more'));
    });
    await pipeline(Readable.from(slicesOf(bytes)), parser);
    return form;
  } catch (error) {
    throw error instanceof ApiError ? error : badForm('a multipart form', 'a broken one', error);
  }
}

function gather(
  content: BusboyFileStream,
  done: (chunks: Uint8Array<ArrayBuffer>[]) => void,
): void {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  content.on('data', (chunk: Uint8Array<ArrayBuffer>) => chunks.push(chunk));
  content.on('end', () => done(chunks));
  // The parser fails as well, and tells of it.
  content.on('error', () => {});
}

function* slicesOf(bytes: Uint8Array<ArrayBuffer>): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    yield bytes.subarray(at, at + SLICE_BYTES);
  }
}

export const badForm = (expected: string, got: string, cause?: unknown): ApiError =>
  new ApiError('BAD_REQUEST', `expected ${expected}, got ${got}`, { cause });
