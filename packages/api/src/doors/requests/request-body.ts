import { ApiError } from '../../errors/api-error.ts';
import { grouped } from '../../errors/grouped.ts';
import { contentCoding, unpacked } from './content-coding.ts';

/** Told the bytes of a body as they arrive; what it throws is why they are not kept. */
export type KeepBytes = (bytes: number) => void;

/** What a request's body may be. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** Of JSON: texts, numbers and the like, lists and objects; keys do not count. */
  readonly maxValues: number;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * What a request's body holds, whatever its media type: old clients send none.
 *
 * @throws ApiError REQUEST_TOO_LARGE while it arrives, or for too many values; BAD_REQUEST for anything
 *   but a JSON object.
 */
export async function readJsonObject(
  request: Request,
  limits: BodyLimits,
  keep?: KeepBytes,
): Promise<JsonObject> {
  const value = await readJson(request, limits, keep);
  if (isJsonObject(value)) return value;
  throw new ApiError('BAD_REQUEST', 'expected a JSON object as the body, got something else');
}

/**
 * The same for any JSON.
 *
 * @throws ApiError REQUEST_TOO_LARGE or BAD_REQUEST.
 */
export async function readJson(
  request: Request,
  limits: BodyLimits,
  keep?: KeepBytes,
): Promise<unknown> {
  return parseJson(await readBody(request, limits, keep), limits, 'the body');
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A body as it was before it was compressed; the limit holds for what arrives and for what it unpacks to.
 *
 * @throws ApiError REQUEST_TOO_LARGE while it arrives; BAD_REQUEST for what is not compressed as it
 *   says; what `keep` throws.
 */
export async function readBody(
  { body, headers }: Request,
  { maxBytes }: Pick<BodyLimits, 'maxBytes'>,
  keep: KeepBytes = () => {},
): Promise<Buffer<ArrayBuffer>> {
  if (body === null) return Buffer.alloc(0);
  const arriving = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let arrived = 0;
  let length = 0;
  // Not the body itself: whoever stops reading this leaves the rest to be passed over.
  async function* packed() {
    for (;;) {
      const { value: chunk, done } = await arriving.next();
      if (done) return;
      arrived += chunk.length;
      checkLength(arrived, maxBytes);
      yield chunk;
    }
  }
  const coding = contentCoding(headers) ?? 'identity';
  try {
    for await (const chunk of coding === 'identity' ? packed() : unpacked(packed(), coding)) {
      length += chunk.length;
      checkLength(length, maxBytes);
      keep(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    await passOver(arriving, Math.max(maxBytes - arrived, PASSED_OVER));
    throw error;
  }
  return Buffer.concat(chunks);
}

/** Bytes of a request that is too large which are still taken. */
const PASSED_OVER = 4 * 1024 * 1024;

function checkLength(length: number, most: number): void {
  if (length <= most) return;
  throw requestTooLarge(most);
}

/** @param most bytes. */
export function requestTooLarge(most: number): ApiError {
  const megabytes = Number((most / 1024 / 1024).toPrecision(3));
  return new ApiError('REQUEST_TOO_LARGE', `expected a request of at most ${megabytes} MiB`);
}

/**
 * A client that is still sending when its connection is closed does not get to the answer; one that
 * sends without end is not waited for.
 */
async function passOver(arriving: AsyncIterator<Uint8Array>, most: number): Promise<void> {
  try {
    for (let left = most; left > 0; ) {
      const { value: chunk, done } = await arriving.next();
      if (done) return;
      left -= chunk.length;
    }
    await arriving.return?.();
  } catch {
    // It went away.
  }
}

/**
 * @param where the text is from, for the message.
 * @throws ApiError REQUEST_TOO_LARGE for too many values, BAD_REQUEST for no JSON.
 */
export function parseJson(
  text: Buffer,
  { maxValues }: Pick<BodyLimits, 'maxValues'>,
  where: string,
): unknown {
  checkValues(text, maxValues);
  try {
    return JSON.parse(text.toString('utf8', startsWithMark(text) ? BYTE_ORDER_MARK.length : 0));
  } catch (error) {
    throw new ApiError('BAD_REQUEST', `expected JSON as ${where}, got something else`, {
      cause: error,
    });
  }
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** RFC 8259, 8.1: a parser may ignore it, and some of Windows' programs write it. */
const startsWithMark = (text: Buffer): boolean =>
  BYTE_ORDER_MARK.every((byte, i) => text[i] === byte);

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACE = 0x7b;
/** RFC 8259, 2: space, tab, line feed and carriage return. */
const WHITE_SPACE: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/**
 * Counts what a JSON text holds before it is parsed, which takes seconds, and a hundred times the text's
 * memory, where there is a value every other byte. Long texts, such as images, are passed over at once.
 */
function checkValues(text: Buffer, most: number): void {
  // Only the outermost value stands behind no comma and no bracket.
  let count = 1;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i];
    if (byte === QUOTE) i = endOfText(text, i);
    else if (byte === COMMA || ((byte === BRACKET || byte === BRACE) && !isEmpty(text, i))) {
      count += 1;
      if (count <= most) continue;
      const message = `expected a request of at most ${grouped(most)} JSON values, got more`;
      throw new ApiError('REQUEST_TOO_LARGE', message);
    }
  }
}

/** @param start where the bracket of a list or an object is. @returns whether it is closed at once. */
function isEmpty(json: Buffer, start: number): boolean {
  let next = start + 1;
  while (WHITE_SPACE.includes(json[next]!)) next += 1;
  // In ASCII both kinds of brackets close two after they open.
  return json[next] === json[start]! + 2;
}

/** @param start where its first quote is. @returns where its last one is. */
function endOfText(json: Buffer, start: number): number {
  const next = json.indexOf(QUOTE, start + 1);
  if (next === -1) return json.length;
  if (json[next - 1] !== BACKSLASH) return next;
  let end = start + 1;
  while (end < json.length && json[end] !== QUOTE) end += json[end] === BACKSLASH ? 2 : 1;
  return end;
}
