import { afterEach, expect, test } from 'vitest';
import type { Clip } from '../clip.ts';
import { loadClip } from '../load-clip.ts';
import { modelFromFolder } from '../node/index.ts';

const LITE = new URL('../../../../models/lite', import.meta.url);
const [START, END] = [8190, 8191];

const clips: Clip[] = [];
afterEach(() => {
  for (const clip of clips.splice(0)) clip.dispose();
});

/** Lite's token ids, with these fields in its `text_cfg`. @param end how its end token is written. */
async function tokenizeWith(
  fields: object,
  end = '<|endoftext|>',
): Promise<(text: string) => readonly number[]> {
  const files = await modelFromFolder(LITE.pathname);
  const file = 'open_clip_config.json';
  const config = JSON.parse(new TextDecoder().decode(await files.read(file)));
  Object.assign(config.model_cfg.text_cfg, fields);
  const json = new TextEncoder().encode(JSON.stringify(config));
  const tokenizer = new TextDecoder().decode(await files.read('tokenizer.json'));
  const renamed = new TextEncoder().encode(tokenizer.replaceAll('<|endoftext|>', end));
  const loaded = await loadClip({
    name: 'lite',
    read: async (name) =>
      name === file ? json : name === 'tokenizer.json' ? renamed : files.read(name),
    openWeights: () => files.openWeights(),
  });
  clips.push(loaded);
  return (text) => loaded.tokenize(text).ids;
}

test('open_clip’s own tokenizer ends a text at <end_of_text>, and reads <|endoftext|> as letters', async () => {
  const ids = await tokenizeWith({ hf_tokenizer_name: undefined });
  const cat = ids('cat')[1];
  expect(ids('cat<END_OF_TEXT>cat')).toEqual([START, cat, END, cat, END]);
  expect(ids('cat<|endoftext|>cat')).toEqual(ids('cat <| endoftext |> cat'));
  expect(ids('cat<|endoftext|>cat').slice(1, -1)).not.toContain(END);
});

test('a tokenizer that hf_tokenizer_name names ends a text as its tokenizer.json says', async () => {
  const ids = await tokenizeWith({ tokenizer_kwargs: { clean: 'whitespace' } });
  const cat = ids('cat')[1];
  expect(ids('Cat <|endoftext|>  cat')).toEqual([START, cat, END, cat, END]);
  expect(ids('<end_of_text>').slice(1, -1)).not.toContain(END);
});

/** Texts and their ids by `HFTokenizer` of open_clip 3.3, whatever the end token's case in tokenizer.json. */
const IDS_OF_OTHERS = {
  'cat<|ENDOFTEXT|>cat': [START, 3244, 27, 347, 5827, 69, 3257, 91, 285, 3244, END],
  'A Dog\'s &amp; "cat\'s" 12 café…': [
    ...[START, 320, 2346, 729, 261, 257, 3244, 729, 257, 272, 273, 649, 69, 127, 358, 158, 222],
    ...[355, END],
  ],
};

test('a tokenizer of the hub finds its end token in the case in which it is written there', async () => {
  const lower = await tokenizeWith({});
  expect(lower('cat<|endoftext|>cat')).toEqual([START, 3244, END, 3244, END]);
  const mixed = await tokenizeWith({}, '<|EndOfText|>');
  expect(mixed("<|EndOfText|> ſ'ſ don't")).toEqual([
    START,
    END,
    129,
    379,
    262,
    129,
    379,
    2429,
    3009,
    END,
  ]);
  expect(mixed('cat<|endoftext|>cat')).toEqual(IDS_OF_OTHERS['cat<|ENDOFTEXT|>cat']);
  for (const [text, ids] of Object.entries(IDS_OF_OTHERS)) {
    expect(lower(text)).toEqual(ids);
    expect(mixed(text)).toEqual(ids);
  }
});

test('clean: canonicalize deletes punctuation and makes underscores spaces', async () => {
  const ids = await tokenizeWith({ tokenizer_kwargs: { clean: 'canonicalize' } });
  expect(ids('A photo, of_a &quot;Cat&quot;!')).toEqual(ids('a photo of a cat'));
});

test.each([
  [{ hf_tokenizer_name: undefined, tokenizer_kwargs: { clean: 'whitespace' } }, '.clean: expected'],
  [{ tokenizer_kwargs: { clean: 'none' } }, '.clean: expected'],
  [{ tokenizer_kwargs: { reduction_mask: 'random' } }, '.reduction_mask: expected no such field'],
  [{ tokenizer_kwargs: 'lower' }, ': expected an object'],
])('text_cfg %j is refused by name', async (fields, message) => {
  await expect(tokenizeWith(fields)).rejects.toMatchObject({
    code: 'MODEL_CONFIG_INVALID',
    message: expect.stringContaining(`text_cfg.tokenizer_kwargs${message}`),
  });
});
