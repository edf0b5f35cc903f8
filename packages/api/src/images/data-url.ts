import { ApiError } from '../errors/api-error.ts';
import { checkImageBytes } from '../limits/images.ts';
import { decodeBase64 } from './base64.ts';

const PERCENT = 0x25;
const SPACE = 0x20;
const BREAKS = /[\t\n\r]/;

const SCHEME = 'data:';

/**
 * Whether a text is a data URL, rightly written or not. As the URL Standard has it, control characters
 * and spaces before it do not count, and tabs and line breaks nowhere.
 */
export function isDataUrl(text: string): boolean {
  let scheme = '';
  for (let at = 0; at < text.length && scheme.length < SCHEME.length; at++) {
    const character = text[at]!.toLowerCase();
    const isIgnored = scheme === '' ? text.charCodeAt(at) <= SPACE : BREAKS.test(character);
    if (isIgnored) continue;
    scheme += character;
    if (!SCHEME.startsWith(scheme)) return false;
  }
  return scheme === SCHEME;
}

/**
 * The bytes that a data URL holds, base64 or percent-encoded (RFC 2397). Its media type is not
 * looked at: the bytes tell what they are.
 *
 * @throws ApiError BAD_IMAGE_URL for a malformed one, IMAGE_TOO_LARGE for more than `maxBytes`.
 */
export function readDataUrl(url: string, maxBytes: number): Uint8Array {
  const comma = url.indexOf(',');
  if (comma === -1) {
    throw new ApiError('BAD_IMAGE_URL', 'expected a comma before the data of a data URL, got none');
  }
  const isBase64 = saysBase64(withoutBreaks(url.slice(0, comma)));
  const fragment = url.indexOf('#', comma);
  const body = url.slice(comma + 1, fragment === -1 ? undefined : fragment);
  const bytes = isBase64 ? decodeBase64(unescaped(body)) : percentDecode(asWritten(body));
  if (bytes === undefined) {
    throw new ApiError('BAD_IMAGE_URL', 'expected base64 in the data URL, got something else');
  }
  checkImageBytes(bytes.length, maxBytes, 'in a data URL');
  return new Uint8Array(bytes);
}

const BASE64 = 'base64';

/** Whether what is before the comma ends with `;base64`, spaces left out. A client sent it, of any length. */
function saysBase64(head: string): boolean {
  const end = beforeSpaces(head, head.length);
  const start = end - BASE64.length;
  if (start < 0 || head.slice(start, end).toLowerCase() !== BASE64) return false;
  return head[beforeSpaces(head, start) - 1] === ';';
}

function beforeSpaces(text: string, end: number): number {
  let at = end;
  while (text[at - 1] === ' ') at -= 1;
  return at;
}

/** What the URL Standard keeps of a URL's end: no tabs and line breaks, and no white space at the last. */
const asWritten = (body: string): string => {
  let end = body.length;
  while (end > 0 && body.charCodeAt(end - 1) <= SPACE) end -= 1;
  return withoutBreaks(body.slice(0, end));
};

const withoutBreaks = (text: string): string => text.replace(/[\t\n\r]/g, '');

const unescaped = (text: string): string =>
  text.includes('%') ? percentDecode(text).toString('latin1') : text;

/** `%2B` becomes a byte; a percent sign before anything but two hex digits stays as it is. */
function percentDecode(text: string): Buffer {
  const from = Buffer.from(text);
  if (!text.includes('%')) return from;
  let length = 0;
  for (let i = 0; i < from.length; i++, length++) {
    const byte = from[i] === PERCENT ? hexByte(from[i + 1], from[i + 2]) : -1;
    // What is written lies never ahead of what is read.
    from[length] = byte === -1 ? from[i]! : byte;
    if (byte !== -1) i += 2;
  }
  return from.subarray(0, length);
}

function hexByte(high = 0, low = 0): number {
  const value = hexDigit(high) * 16 + hexDigit(low);
  return hexDigit(high) < 0 || hexDigit(low) < 0 ? -1 : value;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
