/** Byte-pair encoding over our tables, beside the library's own over strings. */
import { readFile } from 'node:fs/promises';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClipError } from '../../errors.ts';
import { createTokenizer } from '../tokenizer.ts';

const END = '<end>';
const CONFIG = { contextLength: 77, vocabularySize: 1000, endToken: 0 } as const;

interface Pairs {
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly (string | readonly string[])[];
}

const definitionOf = (model: object) => ({
  added_tokens: [{ id: 0, content: END, special: true }],
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: { type: 'BertProcessing', cls: [END, 0], sep: [END, 0] },
  decoder: null,
  model: { type: 'BPE', unk_token: END, end_of_word_suffix: '</w>', ...model },
});

const encoded = (json: unknown, indent?: number) =>
  new TextEncoder().encode(JSON.stringify(json, null, indent));

/** Symbols whose text is its own bytes in JSON, and others. */
const SYMBOLS = ['a', 'b', 'c', '"', '\\', 'é', '日', '😀', '\u007f'];

/** Tokens that grow by merges, in an order in which some merges come before those that they build on. */
const pairs: fc.Arbitrary<Pairs> = fc
  .record({
    merged: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 30 }),
    order: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
    spaced: fc.boolean(),
  })
  .map(({ merged, order, spaced }) => {
    const tokens = SYMBOLS.flatMap((symbol) => [symbol, `${symbol}</w>`]);
    const merges = new Map<string, readonly [string, string]>();
    for (const [a, b] of merged) {
      const open = tokens.filter((token) => !token.endsWith('</w>'));
      const left = open[a % open.length]!;
      const right = tokens[b % tokens.length]!;
      merges.set(`${left} ${right}`, [left, right]);
      tokens.push(left + right);
    }
    const shuffled = [...merges.values()]
      .map((pair, i) => ({ pair, key: order[i]! }))
      .sort((a, b) => a.key - b.key)
      .map(({ pair }) => (spaced ? pair.join(' ') : pair));
    const ids = [...new Set(tokens)].map((token, i) => [token, 900 - i] as const);
    return { vocab: Object.fromEntries([...ids, [END, 0]]), merges: shuffled };
  });

const words = fc.array(fc.constantFrom(...SYMBOLS, 'ab', 'aab', 'bc', ' ', 'x'), { maxLength: 24 });

test('any vocabulary and any order of merges give the ids that the library gives', () => {
  fc.assert(
    fc.property(pairs, words, fc.constantFrom(0, 2), (model, text, indent) => {
      const json = definitionOf(model);
      const library = new HuggingFaceTokenizer(structuredClone(json), {});
      const tokenizer = createTokenizer(encoded(json, indent), undefined, CONFIG);
      expect(tokenizer.tokenize(text.join('')).ids).toEqual(library.encode(text.join('')).ids);
    }),
    { numRuns: 2_000 },
  );
});

test('any text has the ids that the library gives, with the vocabulary of a model', async () => {
  const file = new URL('../../../../../models/nano/tokenizer.json', import.meta.url);
  const definition = await readFile(file);
  const library = new HuggingFaceTokenizer(JSON.parse(definition.toString()), {});
  const sizes = { contextLength: 10_000, vocabularySize: 8192, endToken: 8191 };
  const tokenizer = createTokenizer(definition, undefined, sizes);
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.lorem({ maxCount: 12 }),
  );
  fc.assert(
    fc.property(text, (value) => {
      expect(tokenizer.tokenize(value).ids).toEqual(library.encode(value).ids);
    }),
    { numRuns: 2_000 },
  );
});

test('a word of 100,000 characters is merged in one go', () => {
  const json = definitionOf({
    vocab: { a: 1, 'a</w>': 2, aa: 3, 'aa</w>': 4, aaaa: 5, [END]: 0 },
    merges: [
      ['a', 'a'],
      ['aa', 'aa'],
      ['a', 'a</w>'],
    ],
  });
  const sizes = { ...CONFIG, contextLength: 100_000 };
  const { ids } = createTokenizer(encoded(json), undefined, sizes).tokenize('a'.repeat(100_000));
  // 49,999 pairs, an a and the last a; of the pairs, 24,999 times two and one.
  expect(ids).toEqual([0, ...Array(24_999).fill(5), 3, 4, 0]);
});

describe('refused with what was expected:', () => {
  const VOCAB = { a: 1, 'a</w>': 2, 'aa</w>': 3, [END]: 0 };
  test.each<[string, object, string]>([
    ['an id that is a text', { vocab: { a: '1' }, merges: [] }, 'tokens and their ids'],
    ['an id below 0', { vocab: { a: -1 }, merges: [] }, 'tokens and their ids'],
    ['half an id', { vocab: { a: 0.5 }, merges: [] }, 'tokens and their ids'],
    ['an id beyond all vocabularies', { vocab: { a: 2 ** 31 }, merges: [] }, 'and their ids'],
    [
      'a merge of three',
      { vocab: VOCAB, merges: [['a', 'a', 'a</w>']] },
      'merges[0]: expected two',
    ],
    [
      'a merge of one',
      { vocab: VOCAB, merges: ['a a</w>', 'a'] },
      'merges[1]: expected two tokens',
    ],
    ['a merge of no texts', { vocab: VOCAB, merges: [[1, 2]] }, 'a list of pairs of tokens'],
    [
      'a merge of a foreign token',
      { vocab: VOCAB, merges: ['b a</w>'] },
      'merges[0]: expected two',
    ],
    ['a merge to a foreign token', { vocab: VOCAB, merges: ['a a'] }, 'merges[0]: expected two'],
    ['no vocabulary', { vocab: null, merges: [] }, 'not a usable tokenizer'],
    ['no merges', { vocab: VOCAB }, 'not a usable tokenizer'],
  ])('%s', (_, model, message) => {
    expect(() => createTokenizer(encoded(definitionOf(model)), undefined, CONFIG)).toThrow(
      expect.objectContaining({
        code: 'MODEL_CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });
});

test('nothing that is no JSON in UTF-8 is taken, whichever byte is wrong', () => {
  const bytes = encoded(definitionOf({ vocab: { é: 1, '"': 2, [END]: 0 }, merges: [] }), 1);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
      const damaged = cut ? bytes.slice(0, at) : bytes.with(at, byte);
      let sound = true;
      try {
        JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(damaged));
      } catch {
        sound = false;
      }
      try {
        createTokenizer(damaged, undefined, CONFIG);
      } catch (error) {
        expect(error).toBeInstanceOf(ClipError);
        return;
      }
      expect(sound).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});
