import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import { type AnswerCoding, acceptedCoding } from '../requests/accept-encoding.ts';

type Headers = Readonly<Record<string, string>>;

/** Bytes up to which an answer fits a packet or so as it is. */
const SMALL_BYTES = 1_000;

/** Images are compressed already. */
const COMPRESSIBLE = /^(text\/|application\/([\w.-]+\+)?json\b)/;

/** Brotli's own default takes a hundred times as long for a tenth less. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/** How an answer is to be compressed, and the headers that tell of it. */
interface Packing {
  /** Undefined where it is sent as it is. */
  readonly coding: AnswerCoding | undefined;
  readonly headers: Headers;
}

/**
 * Chooses a coding where the client takes one and it is worth it.
 *
 * @param headers the answer's.
 * @param accepted the request's `accept-encoding`.
 * @param bytes of the answer; taken as many unless given, as for one that is printed while it is sent.
 */
export function packingOf(
  headers: Headers,
  accepted: string | undefined,
  bytes = Number.POSITIVE_INFINITY,
): Packing {
  const isCompressible =
    bytes > SMALL_BYTES &&
    headers['content-encoding'] === undefined &&
    COMPRESSIBLE.test(headers['content-type'] ?? '');
  if (!isCompressible) return { coding: undefined, headers };
  const vary = [headers.vary, 'accept-encoding'].filter((name) => name !== undefined).join(', ');
  const coding = acceptedCoding(accepted);
  return {
    coding,
    headers: { ...headers, vary, ...(coding !== undefined && { 'content-encoding': coding }) },
  };
}

/** Off the event loop. */
export const compressBody = (body: Buffer, coding: AnswerCoding): Promise<Buffer> =>
  coding === 'br' ? toBrotli(body, BROTLI) : toGzip(body);

/** The same of an answer that is printed as it is sent; it takes no more slices than its reader does. */
export function compressSlices(
  slices: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  coding: AnswerCoding,
): AsyncIterable<Uint8Array> {
  const encoder = coding === 'br' ? createBrotliCompress(BROTLI) : createGzip();
  // An error of either reaches the reader through the second.
  return pipeline(Readable.from(slices, { objectMode: false }), encoder, () => {});
}
