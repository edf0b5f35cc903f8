/** UTF-8 in strings of which each character is a byte. */

/**
 * U+0000 in two bytes, as Java writes it, and characters as two surrogates of three bytes each (CESU-8). A line
 * feed at the end passes for their last byte, as it does in ftfy, whose `$` matches before it.
 */
const VARIANTS =
  /\xc0(?:\x80|\n$)|\xed([\xa0-\xaf])([\x80-\xbf])\xed([\xb0-\xbf])([\x80-\xbf]|\n$)/g;

/** @returns undefined for what is not UTF-8, CESU-8 or Java's. */
export function decodeUtf8(bytes: string): string | undefined {
  if (!/[\xc0\xed]/.test(bytes)) return decodeStrictly(bytes);
  let text = '';
  let end = 0;
  for (const variant of bytes.matchAll(VARIANTS)) {
    const before = decodeStrictly(bytes.slice(end, variant.index));
    if (before === undefined) return undefined;
    text += before + characterOf(variant);
    end = variant.index + variant[0].length;
  }
  const rest = decodeStrictly(bytes.slice(end));
  return rest === undefined ? undefined : text + rest;
}

function characterOf([, a, b, c, d]: RegExpExecArray): string {
  if (a === undefined) return '\0';
  const bits = (byte: string | undefined, mask: number) => byte!.charCodeAt(0) & mask;
  const high = (bits(a, 0x0f) << 6) + bits(b, 0x3f);
  const low = (bits(c, 0x0f) << 6) + bits(d, 0x3f);
  return String.fromCodePoint(0x10000 + (high << 10) + low);
}

/** Without TextDecoder, which takes microseconds to throw, and most attempts fail. */
function decodeStrictly(bytes: string): string | undefined {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const length = lengthAfter(bytes.charCodeAt(i));
    const code = length === 1 ? bytes.charCodeAt(i) : codePointAt(bytes, i, length);
    if (code === -1) return undefined;
    text += code < 0x10000 ? String.fromCharCode(code) : String.fromCodePoint(code);
    i += length;
  }
  return text;
}

/** How many bytes a character takes by its first; 0 for a byte that begins none. */
function lengthAfter(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** The least code point that takes so many bytes; the most is 0x10FFFF. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

/** @returns -1 where no character of two to four bytes stands there. */
function codePointAt(bytes: string, start: number, length: number): number {
  if (length === 0 || start + length > bytes.length) return -1;
  let code = bytes.charCodeAt(start) & (0x7f >> length);
  for (let i = start + 1; i < start + length; i++) {
    const next = bytes.charCodeAt(i);
    if ((next & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (next & 0x3f);
  }
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code < LEAST[length]! || code > 0x10ffff || isSurrogate ? -1 : code;
}

const A_GRAVE = /\xc3 (?! |quele|quela|quilo|s )/g;
/** UTF-8 but for a space in place of a byte 0xA0. Lead bytes are those of which characters are likely to come. */
const SPACED = new RegExp(
  [
    '[\\xc2\\xc3\\xc5\\xce\\xd0\\xd9] ',
    '[\\xe2\\xe3] [\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf]',
    '[\\xe0-\\xe3][\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf] ',
    '\\xf0 [\\x80-\\xbf]{2}',
    '\\xf0[\\x80-\\xbf] [\\x80-\\xbf]',
    '\\xf0[\\x80-\\xbf]{2} ',
  ].join('|'),
  'g',
);

/**
 * Puts bytes 0xA0 back that became spaces on the way. After a lone `à` the space stays as well, but for the
 * Portuguese words that begin so.
 */
export const restoreNoBreakSpaces = (bytes: string): string =>
  bytes
    .replace(A_GRAVE, '\xc3\xa0 ')
    .replace(SPACED, (sequence) => sequence.replaceAll(' ', '\xa0'));

/** UTF-8 and CESU-8 of which bytes were lost: 0x1A in their place, or one question mark. */
const LOSSY = new RegExp(
  [
    '[\\xc2-\\xdf]\\x1a',
    '[\\xc2\\xc3]\\?',
    '\\xed[\\xa0-\\xaf][\\x1a?]\\xed[\\xb0-\\xbf][\\x1a?\\x80-\\xbf]',
    '\\xed[\\xa0-\\xaf][\\x1a?\\x80-\\xbf]\\xed[\\xb0-\\xbf][\\x1a?]',
    '[\\xe0-\\xef][\\x1a?][\\x1a\\x80-\\xbf]',
    '[\\xe0-\\xef][\\x1a\\x80-\\xbf][\\x1a?]',
    '[\\xf0-\\xf4][\\x1a?][\\x1a\\x80-\\xbf]{2}',
    '[\\xf0-\\xf4][\\x1a\\x80-\\xbf][\\x1a?][\\x1a\\x80-\\xbf]',
    '[\\xf0-\\xf4][\\x1a\\x80-\\xbf]{2}[\\x1a?]',
    '\\x1a',
  ].join('|'),
  'g',
);

/** Each of them becomes U+FFFD. */
export const replaceLossy = (bytes: string): string => bytes.replace(LOSSY, '\xef\xbf\xbd');
