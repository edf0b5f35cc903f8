import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../config/config-json.ts';
import { fillTemplate } from './templates.ts';
import { createTokenizer, type TokenizerConfig } from './tokenizer.ts';
import { towerIds } from './tower-ids.ts';

const NANO = new URL('../../../../models/nano/', import.meta.url);
const SIZES = { contextLength: 77, vocabularySize: 8192, endToken: 8191 };

async function nanoTokenizer(sizes: TokenizerConfig = SIZES) {
  const definition = await readFile(new URL('tokenizer.json', NANO));
  const options = await readFile(new URL('tokenizer_config.json', NANO));
  return createTokenizer(definition, options, sizes);
}

test('a text is its tokens between the start and the end token', async () => {
  const tokenizer = await nanoTokenizer();
  expect(tokenizer.tokenize('a photo of a cat.')).toEqual({
    ids: [8190, 320, 581, 515, 320, 3244, 269, 8191],
    truncated: false,
  });
  expect(tokenizer.tokenize('')).toEqual({ ids: [8190, 8191], truncated: false });
});

test('CLIP’s end token is found in a text as OpenAI writes it, in any case or as entities; as open_clip writes it where a model asks for that', async () => {
  const openai = await nanoTokenizer();
  const cat = [8190, 3244, 8191, 3244, 8191];
  for (const text of ['cat<|EndOfText|>cat', 'cat &lt;|endoftext|&gt; cat']) {
    expect(openai.tokenize(text).ids).toEqual(cat);
  }
  const openClip = await nanoTokenizer({
    ...SIZES,
    writtenTokens: ['<start_of_text>', '<end_of_text>'],
  });
  expect(openClip.tokenize('cat<END_OF_TEXT>cat').ids).toEqual(cat);
  expect(openai.tokenize('<end_of_text>').ids.slice(1, -1)).not.toContain(8191);
  expect(openClip.tokenize('<|endoftext|>').ids.slice(1, -1)).not.toContain(8191);
});

test('a text that just fits is whole; one token more and it is cut, the end token kept', async () => {
  const tokenizer = await nanoTokenizer();
  const whole = tokenizer.tokenize('dog '.repeat(75));
  expect([whole.ids.length, whole.truncated]).toEqual([77, false]);
  const cut = tokenizer.tokenize('dog '.repeat(76));
  expect([cut.ids.length, cut.ids.at(-1), cut.truncated]).toEqual([77, 8191, true]);
  expect(cut.ids).toEqual(whole.ids);
});

test('a tokenizer whose ids do not fit the vocabulary is refused', async () => {
  await expect(nanoTokenizer({ ...SIZES, vocabularySize: 8000 })).rejects.toMatchObject({
    code: 'MODEL_CONFIG_INVALID',
    message: "tokenizer.json: expected ids below the model's vocab_size 8000, got 8191",
  });
});

test.each([
  [8191, null, 'of id 8191, got the ids 320 of "a"'],
  ['highest', null, 'of the highest id, got the ids 320 of "a"'],
  [49407, undefined, 'of id 49407, got the ids 8190, 320, 8191 of "a"'],
] as const)(
  'a tokenizer whose texts do not end with the end token %s is refused when it is loaded (%j)',
  async (endToken, end, message) => {
    const definition = JSON.parse(await readFile(new URL('tokenizer.json', NANO), 'utf8'));
    if (end === null) definition.post_processor = null;
    else if (end !== undefined) definition.post_processor.sep = end;
    delete definition.model.unk_token;
    const bytes = new TextEncoder().encode(JSON.stringify(definition));
    expect(() => createTokenizer(bytes, undefined, { ...SIZES, endToken })).toThrow(
      expect.objectContaining({
        code: 'MODEL_CONFIG_INVALID',
        message: `tokenizer.json: expected each text to end with an end-of-text token ${message}`,
      }),
    );
  },
);

test('a file that is no tokenizer is refused', () => {
  const definition = new TextEncoder().encode('{"model":{"type":"None"}}');
  expect(() => createTokenizer(definition, undefined, SIZES)).toThrow('model.vocab: expected');
});

describe('the end token', () => {
  const config = {
    tower: 'clip',
    contextLength: 6,
    vocabularySize: 100,
    endToken: 7,
    width: 8,
    layers: 1,
    heads: 1,
    mlpWidth: 8,
    activation: 'gelu',
    epsilon: 1e-5,
  } as const;

  test('is the first with its id, or the first highest id', () => {
    expect(towerIds([1, 7, 9, 7], config)).toEqual([1, 7]);
    expect(towerIds([1, 7, 9, 9, 3], { ...config, endToken: 'highest' })).toEqual([1, 7, 9]);
  });

  test.each([
    [[], 'expected 1 to 6 tokens, got 0'],
    [[1, 2, 3, 4, 5, 6, 7], 'expected 1 to 6 tokens, got 7'],
    [[1, 100, 7], 'expected token ids below 100, got 100'],
    [[1, -1, 7], 'got -1'],
    [[1, 0.5, 7], 'got 0.5'],
    [[1, undefined as unknown as number, 7], 'got undefined'],
    [[1, 2, 3], 'expected the end token 7 among the ids, got none'],
  ])('of %j: %s', (ids, message) => {
    expect(() => towerIds(ids, config)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining(message) }),
    );
  });
});

test('a text tower of fixed length takes exactly as many ids, all of them', () => {
  const config = parseConfig(new TextEncoder().encode('{"model_type":"siglip"}')).text;
  const ids = new Array<number>(64).fill(1);
  expect(towerIds(ids, config)).toEqual(ids);
  for (const [wrong, got] of [
    [ids.slice(1), 'expected 64 tokens, padding among them, got 63'],
    [ids.with(9, 32_000), 'expected token ids below 32000, got 32000'],
  ] as const) {
    expect(() => towerIds(wrong, config)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', message: got }),
    );
  }
});

test('a label goes to every place of a template, as it is', () => {
  expect(fillTemplate('a {} and a {}.', "$& $1 cat's")).toBe("a $& $1 cat's and a $& $1 cat's.");
  expect(() => fillTemplate('a photo', 'cat')).toThrow('expected a template with {}');
});
