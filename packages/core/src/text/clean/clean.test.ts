import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanText } from './clean-text.ts';
import { fixText } from './fix-text.ts';
import { toNfc } from './normal-form.ts';
import { decodeUtf8 } from './utf8.ts';

/** What ftfy 6.3.1 and the cleaning of OpenAI, open_clip and transformers give. */
interface FixedText {
  readonly text: string;
  readonly fixed: string;
  readonly openai: string;
  readonly canonicalize: string;
  readonly siglip: string;
}

const FIXED: readonly FixedText[] = JSON.parse(
  await readFile(new URL('testing/fixed-texts.json', import.meta.url), 'utf8'),
);

test(`${FIXED.length} texts are fixed as ftfy fixes them`, () => {
  for (const { text, fixed } of FIXED) expect(fixText(text), JSON.stringify(text)).toBe(fixed);
});

test.each(['openai', 'canonicalize', 'siglip'] as const)(
  'the same texts are cleaned as %s',
  (cleaning) => {
    for (const expected of FIXED) {
      expect(cleanText(expected.text, cleaning), JSON.stringify(expected.text)).toBe(
        expected[cleaning],
      );
    }
  },
);

test.each([
  ['mojibake of mojibake', 'voilÃƒÂ\xa0', 'voilà'],
  [
    'a name that is no entity without its semicolon, in a text with <',
    '<i>don&rsquo;t',
    '<i>don’t',
  ],
  ['two rounds of HTML after ftfy', '< &amp;amp;lt;', '< &lt;'],
  ['an entity that ends where it must', 'AT&ampT', 'at&t'],
  ['U+FEFF, which is no space to Python', '< &#65279;x', '< \ufeffx'],
  ['the number that names windows-1252', 'a&#150;b', 'a–b'],
])('%s', (_, text, cleaned) => {
  expect(cleanText(text, 'openai')).toBe(cleaned);
});

test('texts that were made to need a pass for each character are given up in linear time', () => {
  const length = 200_000;
  const hostile = [
    `&${'amp;'.repeat(length / 4)}`,
    `é&${'#38;'.repeat(length / 4)}`,
    `xÃ${'ƒ'.repeat(length)}`,
    `a${'\u0301\u0327'.repeat(length / 2)}`,
    '\x1b['.repeat(length / 2),
  ];
  for (const text of hostile) expect(cleanText(text, 'openai')).not.toBe('');
});

test('marks are put into canonical order as String.normalize puts them, many of them too', () => {
  const mark = fc
    .integer({ min: 0x300, max: 0x1e94a })
    .map((code) => String.fromCodePoint(code))
    .filter((character) => /\p{M}/u.test(character));
  fc.assert(
    fc.property(fc.array(mark, { minLength: 33, maxLength: 80, size: 'max' }), (marks) => {
      const text = `e${marks.join('')}x`;
      expect(toNfc(text)).toBe(text.normalize('NFC'));
    }),
  );
});

test('bytes are UTF-8 where TextDecoder says so', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const byte = fc.oneof(fc.nat(255), fc.integer({ min: 0x80, max: 0xbf }));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 6 }), (bytes) => {
      // Those may stand for what only variants of UTF-8 have.
      fc.pre(!bytes.includes(0xc0) && !bytes.includes(0xed));
      let expected: string | undefined;
      try {
        expected = decoder.decode(Uint8Array.from(bytes));
      } catch {
        expected = undefined;
      }
      expect(decodeUtf8(String.fromCharCode(...bytes))).toBe(expected);
    }),
    { numRuns: 20_000 },
  );
});
