import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TextOptions } from '../config/text-options.ts';
import { ClipError } from '../errors.ts';
import { createTokenizer } from './tokenizer.ts';

const END = '<end>';
const CONFIG = { contextLength: 77, vocabularySize: 1000, endToken: 0 } as const;

interface Pairs {
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly (string | readonly string[])[];
}

/** Words between spaces; the ids of a text stand between two end tokens. */
const definitionOf = (model: object, parts: object = {}) => ({
  added_tokens: [{ id: 0, content: END, special: true }],
  normalizer: null,
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: { type: 'BertProcessing', cls: [END, 0], sep: [END, 0] },
  decoder: null,
  model: { type: 'BPE', unk_token: END, end_of_word_suffix: '</w>', ...model },
  ...parts,
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

/** Byte-pair encoding as the tokenizers library has it: the leftmost of the best pairs is merged, until there is none. */
function slowly({ vocab, merges }: Pairs, word: string): number[] {
  const ranks = new Map(merges.map((pair, rank) => [[pair].flat().join(' '), rank]));
  const tokens = Array.from(word);
  tokens.push(`${tokens.pop()}</w>`);
  for (const [i, token] of tokens.entries()) if (!(token in vocab)) tokens[i] = END;
  for (;;) {
    const found = tokens.map((token, i) => ranks.get(`${token} ${tokens[i + 1]}`) ?? Infinity);
    const best = Math.min(...found);
    if (best === Infinity) return tokens.map((token) => vocab[token]!);
    const place = found.indexOf(best);
    tokens.splice(place, 2, tokens[place]! + tokens[place + 1]!);
  }
}

// Made by tokenizers 0.23. A pair that a merge makes comes first if it is better, though others like the merged one wait.
test.each([
  { merges: ['ab a', 'a b', 'a a'], ids: [900, 880, 898, 899] },
  { merges: ['a b', 'ab a', 'a a'], ids: [900, 881, 881, 899] },
])('merges $merges give the ids of the library', ({ merges, ids }) => {
  const vocab = {
    a: 900,
    'a</w>': 899,
    b: 898,
    'b</w>': 897,
    aa: 882,
    ab: 881,
    aba: 880,
    [END]: 0,
  };
  const tokenizer = createTokenizer(encoded(definitionOf({ vocab, merges })), undefined, CONFIG);
  expect(tokenizer.tokenize('aababa').ids).toEqual([0, ...ids, 0]);
  expect(slowly({ vocab, merges }, 'aababa')).toEqual(ids);
});

test('any vocabulary and any order of merges give the tokens that the algorithm gives', () => {
  fc.assert(
    fc.property(pairs, words, fc.constantFrom(0, 2), (model, text, indent) => {
      const tokenizer = createTokenizer(encoded(definitionOf(model), indent), undefined, CONFIG);
      const split = text.join('').toLowerCase().split(' ').filter(Boolean);
      const expected = split.flatMap((word) => slowly(model, word));
      expect(tokenizer.tokenize(text.join('')).ids).toEqual([0, ...expected, 0]);
    }),
    { numRuns: 1_000 },
  );
});

const TESTING = new URL('testing/', import.meta.url);
const SIGLIP = { tower: 'siglip', contextLength: 64, vocabularySize: 1000 } as const;
const siglip = async (file: string, config: TextOptions = {}) => {
  const settings = { pad_token: file.startsWith('unigram') ? '</s>' : '<pad>' };
  return createTokenizer(await readFile(new URL(file, TESTING)), encoded(settings), {
    ...SIGLIP,
    ...config,
  });
};

interface TokenCase {
  readonly text: string;
  readonly lowercase: readonly number[];
  readonly canonicalize: readonly number[];
  readonly siglip: readonly number[];
}

// Made by tokenizers 0.23, by open_clip's cleaning before it, and by transformers' SiglipTokenizer.
test.each([
  ['byte-fallback.tokenizer.json', 'lowercase', 0],
  ['unigram.tokenizer.json', 'canonicalize', 1],
  ['unigram.tokenizer.json', 'siglip', 1],
] as const)(
  '%s, cleaned as %s: texts have the ids of the libraries, filled up to 64',
  async (file, cleaning, padId) => {
    const tokenizer = await siglip(file, cleaning === 'canonicalize' ? { cleaning } : {});
    expect(tokenizer).toMatchObject({ cleaning, padId, contextLength: 64 });
    const text = await readFile(new URL('tokens.json', TESTING), 'utf8');
    const cases = JSON.parse(text) as readonly TokenCase[];
    for (const expected of cases) {
      const ids = expected[cleaning].slice(0, 64);
      const padded = [...ids, ...Array(64 - ids.length).fill(padId)];
      expect(tokenizer.tokenize(expected.text).ids, expected.text).toEqual(padded);
    }
  },
);

test('a text that is too long for SigLIP is 63 tokens and the end token', async () => {
  const { tokenize } = await siglip('byte-fallback.tokenizer.json');
  const { ids, truncated } = tokenize('q'.repeat(100));
  expect([ids.length, ids.at(-1), truncated]).toEqual([64, 1, true]);
  expect(new Set(ids.slice(0, 63)).size).toBe(1);
});

test('tokenizer_config.json adds the end token that tokenizer.json leaves out, and takes the start token away', async () => {
  const file = await readFile(new URL('byte-fallback.tokenizer.json', TESTING), 'utf8');
  const bos = { Sequence: { id: 'A' } };
  const start = { SpecialToken: { id: '<bos>' } };
  const special_tokens = { '<bos>': { ids: [2] } };
  const post_processor = { type: 'TemplateProcessing', single: [start, bos], special_tokens };
  const definition = encoded({ ...JSON.parse(file), post_processor });
  const options = { bos_token: '<bos>', eos_token: { content: '<eos>' }, pad_token: '<pad>' };
  const idsOf = (flags: object) =>
    createTokenizer(definition, encoded({ ...options, ...flags }), SIGLIP)
      .tokenize('')
      .ids.slice(0, 3);
  expect(idsOf({})).toEqual([2, 0, 0]);
  expect(idsOf({ add_bos_token: false, add_eos_token: true })).toEqual([1, 0, 0]);
});

describe('refused by name, as a pattern of a file could take exponential time:', () => {
  const VOCAB = { a: 1, [END]: 0 };
  test.each<[string, object, string]>([
    [
      'a regular expression that is not known',
      { pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated' } },
      'pre_tokenizer: expected one that ClipQL knows, got Split {"type":"Split","pattern":{"Regex":"(a+)+$"}',
    ],
    [
      'such an expression in a normalizer',
      { normalizer: { type: 'Replace', pattern: { Regex: '(a|a)*b' }, content: '' } },
      'normalizer: expected one that ClipQL knows, got Replace',
    ],
    ['another normalizer', { normalizer: { type: 'BertNormalizer' } }, 'got BertNormalizer'],
    ['another pre-tokenizer', { pre_tokenizer: { type: 'Digits' } }, 'got Digits'],
    ['another post-processor', { post_processor: { type: 'Other' } }, 'got Other'],
    [
      'another model',
      { model: { type: 'WordPiece', vocab: VOCAB } },
      'BPE or Unigram, got "WordPiece"',
    ],
  ])('%s', (_, parts, message) => {
    const definition = encoded(definitionOf({ vocab: VOCAB, merges: [] }, parts));
    expect(() => createTokenizer(definition, undefined, CONFIG)).toThrow(
      expect.objectContaining({
        code: 'MODEL_CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });
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
  const tokenizer = createTokenizer(encoded(json), undefined, sizes);
  const { ids } = tokenizer.tokenize('a'.repeat(100_000));
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
    ['no vocabulary', { vocab: null, merges: [] }, 'model.vocab: expected a vocabulary'],
    ['no merges', { vocab: VOCAB }, 'model.merges: expected a list, got none'],
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
