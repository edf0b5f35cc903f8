import { ApiError } from '../errors/api-error.ts';
import { checkImageBytes } from '../limits/images.ts';
import { decodeBase64 } from './base64.ts';

const PERCENT = 0x25;

/** Whether a text is a data URL, rightly written or not. */
export const isDataUrl = (text: string): boolean => /^data:/i.test(text);

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
  const isBase64 = /;[ ]*base64[ ]*$/i.test(url.slice(0, comma));
  const fragment = url.indexOf('#', comma);
  const body = url.slice(comma + 1, fragment === -1 ? undefined : fragment);
  const unescaped = body.includes('%') ? percentDecode(body) : Buffer.from(body);
  const bytes = isBase64 ? decodeBase64(unescaped.toString('latin1')) : unescaped;
  if (bytes === undefined) {
    throw new ApiError('BAD_IMAGE_URL', 'expected base64 in the data URL, got something else');
  }
  checkImageBytes(bytes.length, maxBytes, 'in a data URL');
  return new Uint8Array(bytes);
}

/** `%2B` becomes a byte; a percent sign before anything but two hex digits stays as it is. */
function percentDecode(text: string): Buffer {
  const from = Buffer.from(text);
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
