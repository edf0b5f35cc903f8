/** What to do with a picture that many programs can read. */
const CONVERT = ', which has to be converted to JPEG or PNG first';

/** Files that are no pictures we decode but come often enough to be called by their name. */
const SIGNATURES: readonly (readonly [prefix: string, offset: number, name: string])[] = [
  ['II+\0', 0, 'BigTIFF'],
  ['MM\0+', 0, 'BigTIFF'],
  ['%PDF', 0, 'PDF'],
  ['8BPS', 0, 'Photoshop'],
  ['\0\0\x01\0', 0, 'ICO'],
  ['\xff\x0a', 0, `JPEG XL${CONVERT}`],
  ['JXL ', 4, `JPEG XL${CONVERT}`],
  ['jP  ', 4, `JPEG 2000${CONVERT}`],
  ['PK\x03\x04', 0, 'a ZIP archive'],
  ['\x1f\x8b', 0, 'gzip'],
  ['ftyphei', 4, `HEIC${CONVERT}`],
  ['ftyphev', 4, `HEIC${CONVERT}`],
  ['ftypmif1', 4, `HEIF${CONVERT}`],
  ['ftypmsf1', 4, `HEIF${CONVERT}`],
  ['ftyp', 4, 'MP4 or another video'],
  ['RIFF', 0, 'a RIFF file such as WAV or AVI'],
];

/** Bytes that are looked at to tell one text from another. */
const TEXT_BYTES = 256;

/** In words, what bytes of a format that is not decoded look like. */
export function describeForeignBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'no bytes';
  const head = String.fromCharCode(...bytes.subarray(0, TEXT_BYTES));
  for (const [prefix, offset, name] of SIGNATURES) {
    if (head.startsWith(prefix, offset)) return name;
  }
  const text = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^<svg|^<\?xml[^>]*>\s*(?:<!--.*?-->\s*)?(?:<!DOCTYPE svg|<svg)/is.test(text)) return 'SVG';
  if (/^<!doctype html|^<html|^<head|^<body/i.test(text)) return 'HTML';
  if (/^<\?xml/i.test(text)) return 'XML';
  if (/^[{[]/.test(text)) return 'JSON';
  if (/^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(head) && /^[\t\n\r\x20-\x7e]{8}/.test(head))
    return 'text';
  const first = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `bytes that begin with ${first.join(' ')}`;
}
