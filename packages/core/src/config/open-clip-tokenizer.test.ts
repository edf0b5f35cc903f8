import { afterEach, expect, test } from 'vitest';
import type { Clip } from '../clip.ts';
import { loadClip } from '../load-clip.ts';
import { modelFromFolder } from '../node/index.ts';

const LITE = new URL('../../../../models/lite', import.meta.url);
const [START, END] = [8190, 8191];

let clip: Clip | undefined;
afterEach(() => {
  clip?.dispose();
  clip = undefined;
});

/** Lite's token ids, with these fields in its `text_cfg`. */
async function tokenizeWith(fields: object): Promise<(text: string) => readonly number[]> {
  const files = await modelFromFolder(LITE.pathname);
  const file = 'open_clip_config.json';
  const config = JSON.parse(new TextDecoder().decode(await files.read(file)));
  Object.assign(config.model_cfg.text_cfg, fields);
  const json = new TextEncoder().encode(JSON.stringify(config));
  const loaded = await loadClip({
    name: 'lite',
    read: async (name) => (name === file ? json : files.read(name)),
    openWeights: () => files.openWeights(),
  });
  clip = loaded;
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
