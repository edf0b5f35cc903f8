/**
 * Signs of mojibake: text in UTF-8 that was decoded as something else. Which characters count as what, and
 * which of them side by side give mojibake away, was found by ftfy 6.3.1, Copyright Robyn Speer, Apache License
 * 2.0; see NOTICE.
 *
 * @see https://ftfy.readthedocs.io/en/latest/heuristic.html
 */
import { CODE_PAGES, characterAt } from './code-pages.ts';
import { PYTHON_SPACE } from './python-space.ts';

/** Classes of characters, as the inside of a regular expression's brackets. */
const CLASS = {
  /** At home in many contexts. */
  common: '\u00a0\u00ad´·–-―’…',
  c1: '\u0080-\u009f',
  /** Hardly ever written on purpose. */
  bad: '¤¦¨ª¬¯¸ºƒˆˇ˘˛˜†‡‰⌐◊\ufffd',
  law: '§¶',
  currency: '¢£¥₧€',
  opening: '¡©«¿΄΅‘‚“„•‹\uf8ff',
  closing: '®»˝”›™',
  numeric: '±-³µ¹¼-¾×÷⁄№∂∆∏∑√∞∩∫≈≠≡≤≥',
  /** Parts of faces drawn with characters. */
  face: '°Ò-ÖÙ-Üò-öø-üŌŐŪŲ',
  upper: 'À-ÑØÜÝĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ',
  lower: 'ß-ñüāăąćčďđēėęěğģīįķĺļľłœŕśşšťźżžґﬁﬂ',
  /** Letters that end words in other scripts. */
  upperCommon: 'ÞΆΈ-ΊΌΎΏΑ-ΫЁ-Я',
  lowerCommon: 'ά-ωа-џ',
  box: '│┌┐┘├┤┬┼═-╬▀▄█▌▐-▓',
} as const;

type ClassName = keyof typeof CLASS;

const isClass = (name: string): name is ClassName => name in CLASS;

/** One character: of any of these classes, or one of these characters. */
const oneOf = (...sets: readonly string[]): string =>
  `[${sets.map((set) => (isClass(set) ? CLASS[set] : set)).join('')}]`;

const row = (...characters: readonly string[]): string => characters.join('');

const SPACE = oneOf(PYTHON_SPACE);
const WORD = '[\\p{L}\\p{N}_]';
const ACCENTED = ['lower', 'upper'];
const MARKS = ['opening', 'closing'];
const NOT_BAD = [...ACCENTED, 'box', ...MARKS, 'currency', 'numeric', 'law'];
/** What follows Ø and Ù where Arabic was misread as windows-1252. */
const ARABIC = oneOf('common', 'currency', 'bad', 'numeric', 'opening', 'ŸŠ®°µ»');
const BETWEEN_CYRILLIC = oneOf('c1', 'bad', ...MARKS, 'currency', '°µ');
const BETWEEN_GREEK = oneOf('c1', 'bad', ...MARKS, 'currency', '°');

/** Characters side by side that no one means. */
const SIGNS: readonly string[] = [
  // By class.
  oneOf('c1'),
  row(oneOf('bad', ...NOT_BAD), oneOf('bad')),
  row(oneOf('a-zA-Z'), oneOf('lowerCommon', 'upperCommon'), oneOf('bad')),
  row(oneOf('bad'), oneOf(...NOT_BAD)),
  row(oneOf('lower', 'lowerCommon', 'box', 'closing', 'currency', 'numeric'), oneOf('upper')),
  row(oneOf('box', 'closing', 'currency', 'numeric'), oneOf('lower')),
  row(oneOf('lower', 'box', 'closing'), oneOf('currency')),
  row(SPACE, oneOf('upper'), oneOf('currency')),
  row(oneOf('upper', 'box'), oneOf('numeric', 'law')),
  row(oneOf(...ACCENTED, 'box', 'currency', 'closing'), oneOf('opening'), oneOf('numeric')),
  row(oneOf(...ACCENTED, 'currency', 'numeric', 'box', 'law'), oneOf('closing'), oneOf('opening')),
  row(oneOf('currency', 'numeric', 'box'), oneOf('opening')),
  row(oneOf('a-z'), oneOf('upper'), oneOf('opening', 'currency')),
  row(oneOf('box'), oneOf('face')),
  row(oneOf(...ACCENTED, 'currency', 'numeric', ...MARKS, 'law'), oneOf('box')),
  row(oneOf('box'), oneOf('closing')),
  row(oneOf(...ACCENTED), oneOf(...MARKS), WORD),
  row(oneOf('Œœ'), '[^A-Za-z]'),
  row(oneOf('upper'), '°'),
  // UTF-8 read as windows-1252: of Latin letters, of Arabic, of scripts of South Asia.
  row(oneOf('ÂÃÎÐ'), oneOf('€œŠš¢£Ÿž\u00a0\u00ad®©°·»', ...MARKS, '–—´')),
  row('×', oneOf('²³')),
  row(oneOf('ØÙ'), ARABIC, oneOf('ØÙ'), ARABIC),
  row('à', oneOf('²µ¹¼½¾')),
  row('Ã', oneOf('\u00a0¡')),
  // As Mac OS Roman.
  row('√', oneOf('±∂†≠®™´≤≥¥µø')),
  row('≈', oneOf('°¢')),
  row('‚Ä', oneOf('ìîïòôúùû†°¢π')),
  row('‚', oneOf('âó'), oneOf('àä°ê')),
  // As windows-1251, of punctuation, Latin and Cyrillic; and that of windows-1252 once more.
  'вЂ',
  row(oneOf('ВГРС'), BETWEEN_CYRILLIC, oneOf('ВГРС')),
  row('ГўВЂВ.', oneOf('A-Za-z ')),
  // As windows-1253 and windows-1257.
  row('β€', oneOf('™\u00a0Ά\u00ad®°')),
  row(oneOf('ΒΓΞΟ'), BETWEEN_GREEK, oneOf('ΒΓΞΟ')),
  'ā€',
  // À or Â before what was a no-break space.
  row(oneOf('a-z'), `${SPACE}?`, oneOf('ÃÂ'), ' '),
  row('^', oneOf('ÃÂ'), ' '),
  row(oneOf('a-z.,?!', 'closing'), 'Â', oneOf(' ', ...MARKS)),
];

const MOJIBAKE = new RegExp(SIGNS.join('|'), 'u');

/** Whether there are characters side by side in a text that hardly anybody writes. */
export const looksLikeMojibake = (text: string): boolean => MOJIBAKE.test(text);

/** Letters that UTF-8's bytes from `low` to `high` become in the pages that resemble Latin-1. */
function misread(low: number, high = low): string {
  const letters = new Set<string>();
  for (const { upper } of CODE_PAGES.slice(0, 7)) {
    for (let byte = low; byte <= high; byte++) {
      letters.add(String.fromCharCode(characterAt(upper, byte)));
    }
  }
  return [...letters].join('');
}

const CONTINUATION = misread(0x80, 0xbf);
/** Without what stands beside any text. */
const STRICT_CONTINUATION = CONTINUATION.replace(/[–—―‘’‚“”„•…]/g, '');
const NEXT = oneOf(CONTINUATION, ' ');

/** Sequences of UTF-8, however misread, a space in place of a no-break space. */
export const MISREAD_UTF8 = new RegExp(
  `(?<!${oneOf(STRICT_CONTINUATION)})(?:${[
    row(oneOf(misread(0xc2, 0xdf)), NEXT),
    row(oneOf(misread(0xe0, 0xef)), `${NEXT}{2}`),
    row(oneOf(misread(0xf0), misread(0xf3)), `${NEXT}{3}`),
  ].join('|')})+`,
  'gu',
);
