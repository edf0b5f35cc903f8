/** HTML's character references, as two pieces of Python read them. */
import { HTML_ENTITIES } from './html-entities.generated.ts';

interface Entities {
  /** By name without the semicolon. */
  readonly closed: ReadonlyMap<string, string>;
  /** Names that are complete without a semicolon. */
  readonly open: ReadonlySet<string>;
}

let read: Entities | undefined;

function entities(): Entities {
  if (read !== undefined) return read;
  const closed = new Map<string, string>();
  const open = new Set<string>();
  for (const entry of HTML_ENTITIES.trim().split(/,\n?/)) {
    const [marked = '', codes = ''] = entry.split(' ');
    const name = marked.replace('!', '');
    const points = codes.split('+').map((code) => Number.parseInt(code, 16));
    closed.set(name, String.fromCodePoint(...points));
    if (name !== marked) open.add(name);
  }
  read = { closed, open };
  return read;
}

const REFERENCE = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu;

/**
 * As Python's `html.unescape`, which follows HTML 5: names may lack their semicolon where HTML 4 let them.
 *
 * @see https://docs.python.org/3/library/html.html#html.unescape
 */
export const unescapeHtml = (text: string): string =>
  text.includes('&') ? text.replace(REFERENCE, (_, body: string) => referenced(body)) : text;

function referenced(body: string): string {
  if (body.startsWith('#')) return numbered(body);
  const { closed, open } = entities();
  if (body.endsWith(';')) {
    const whole = closed.get(body.slice(0, -1));
    if (whole !== undefined) return whole;
  }
  for (let end = body.length; end > 1; end--) {
    const name = body.slice(0, end);
    if (open.has(name)) return closed.get(name)! + body.slice(end);
  }
  return `&${body}`;
}

/** Bytes of windows-1252 that are meant where C1 controls are named; the holes in it stay controls. */
const C1 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function numbered(body: string): string {
  const isHex = body[1] === 'x' || body[1] === 'X';
  const code = Number.parseInt(body.slice(isHex ? 2 : 1), isHex ? 16 : 10);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd';
  if (code >= 0x80 && code <= 0x9f) return C1[code - 0x80]!;
  return isNoCharacter(code) ? '' : String.fromCodePoint(code);
}

const isNoCharacter = (code: number): boolean =>
  (code < 0x20 && !(code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d)) ||
  code === 0x7f ||
  (code >= 0xfdd0 && code <= 0xfdef) ||
  (code & 0xfffe) === 0xfffe;

const CLOSED_REFERENCE = /&#?[0-9A-Za-z]{1,24};/g;

/**
 * As ftfy: only what ends with a semicolon, and names in capitals too, where that can mean nothing else.
 *
 * @see https://ftfy.readthedocs.io/en/latest/fixes.html#ftfy.fixes.unescape_html
 */
export const unescapeClosed = (text: string): string =>
  text.includes('&') ? text.replace(CLOSED_REFERENCE, closedReferenced) : text;

function closedReferenced(reference: string): string {
  const name = reference.slice(1, -1);
  const { closed } = entities();
  if (name.startsWith('#')) {
    const character = unescapeHtml(reference);
    return character.includes(';') ? reference : character;
  }
  return closed.get(name) ?? inCapitals(name, reference) ?? reference;
}

function inCapitals(name: string, reference: string): string | undefined {
  const lower = name.toLowerCase();
  if (name !== lower.toUpperCase() || name === lower) return undefined;
  return unescapeHtml(reference) === reference
    ? entities().closed.get(lower)?.toUpperCase()
    : undefined;
}
