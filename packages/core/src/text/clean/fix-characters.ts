/** Ligatures and digraphs of Latin letters, which come from typesetting or old encodings. */
const LIGATURES: Readonly<Record<string, string>> = {
  Ĳ: 'IJ',
  ĳ: 'ij',
  ŉ: 'ʼn',
  Ǳ: 'DZ',
  ǲ: 'Dz',
  ǳ: 'dz',
  Ǆ: 'DŽ',
  ǅ: 'Dž',
  ǆ: 'dž',
  Ǉ: 'LJ',
  ǈ: 'Lj',
  ǉ: 'lj',
  Ǌ: 'NJ',
  ǋ: 'Nj',
  ǌ: 'nj',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  ﬅ: 'ſt',
  ﬆ: 'st',
};

const LIGATURE = new RegExp(`[${Object.keys(LIGATURES).join('')}]`, 'g');
/** Full-width and half-width forms, and the space that is as wide as an ideograph. */
const WIDE_OR_NARROW = /[\u3000\uff01-\uffef]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what begins an escape
const TERMINAL_ESCAPE = /\x1b\[[\p{Nd};]*[a-zA-Z]/gu;
/** Controls with no effect on text, U+FEFF, annotations and the mark for objects; no white space. */
const CONTROLS = /[\u206a-\u206f\ufeff\ufff9-\ufffc]|(?![\t\n\f\r\x80-\x9f])\p{Cc}/gu;

/** One pass of what ftfy does to single characters, in its order, but for the normal form. */
export const fixCharacters = (text: string): string =>
  text
    .replace(LIGATURE, (ligature) => LIGATURES[ligature]!)
    .replace(WIDE_OR_NARROW, (form) => (form === '\u3000' ? ' ' : form.normalize('NFKC')))
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/\r\n|[\r\u2028\u2029\x85]/g, '\n')
    .toWellFormed()
    .replace(TERMINAL_ESCAPE, '')
    .replace(CONTROLS, '');
