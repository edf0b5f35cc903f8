import { pipeline, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ApiError } from '../../errors/api-error.ts';

/** How a request's body may be compressed. */
export type ContentCoding = 'gzip' | 'x-gzip' | 'deflate' | 'br';

const DECODERS = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const satisfies Record<ContentCoding, object>;

/** What is taken, as `accept-encoding` says it. */
export const ACCEPTED_CODINGS = 'gzip, deflate, br';

/**
 * How a body is compressed, by its `content-encoding`; `identity` where it is not.
 *
 * @returns undefined for a coding that is not taken, or several in turn.
 */
export function contentCoding(headers: Headers): ContentCoding | 'identity' | undefined {
  const codings = (headers.get('content-encoding') ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    // RFC 9110, 5.6.1.2: empty members of a list say nothing.
    .filter((coding) => coding !== '' && coding !== 'identity');
  const [coding = 'identity'] = codings;
  if (codings.length > 1) return undefined;
  return coding === 'identity' || Object.hasOwn(DECODERS, coding)
    ? (coding as ContentCoding | 'identity')
    : undefined;
}

/** A third of the time that the default of 16 KiB takes for large bodies. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Unpacks a body a chunk at a time, off the event loop: whoever reads it can stop at any size.
 *
 * @throws ApiError BAD_REQUEST for what is not compressed so; and what reading `packed` throws.
 */
export async function* unpacked(
  packed: AsyncIterable<Uint8Array>,
  coding: ContentCoding,
): AsyncGenerator<Uint8Array> {
  let failure: unknown;
  async function* arriving() {
    try {
      yield* packed;
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  // A gzip may have several members, one after another (RFC 1952); it refuses anything else by itself.
  const rejectGarbageAfterEnd = coding === 'deflate' || coding === 'br';
  const decoder = DECODERS[coding]({ chunkSize: CHUNK_BYTES, rejectGarbageAfterEnd });
  // An error of either reaches the reader through the second.
  pipeline(Readable.from(arriving(), { objectMode: false }), decoder, () => {});
  try {
    yield* decoder;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `expected a whole body in ${coding}, as its content-encoding says, and nothing after it; got something else (${reason})`;
    throw failure ?? new ApiError('BAD_REQUEST', message, { cause });
  }
}
