import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { loadClip } from '../load-clip.ts';
import type { ModelFiles } from '../model-files.ts';
import { modelFromFolder } from '../node/index.ts';

const NANO = new URL('../../../../models/nano', import.meta.url).pathname;
const TOKENS = new URL('../../../bench/reference/nano-tokens.json', import.meta.url);
const encode = (text: string) => new TextEncoder().encode(text);

interface Parts {
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly (string | readonly string[])[];
}

const nano = await modelFromFolder(NANO);
const definition = JSON.parse(new TextDecoder().decode(await nano.read('tokenizer.json')));
const { vocab, merges }: Parts = definition.model;

/** As older versions of transformers save a tokenizer. */
const OLDER = {
  'vocab.json': JSON.stringify(vocab),
  'merges.txt': ['#version: 0.2', ...merges.map((pair) => [pair].flat().join(' ')), ''].join('\n'),
};

const withFiles = (files: Readonly<Record<string, string>>): ModelFiles => ({
  ...nano,
  read: async (name) => {
    if (Object.hasOwn(files, name)) return encode(files[name]!);
    return name.startsWith('tokenizer') ? undefined : nano.read(name);
  },
});

test('vocab.json and merges.txt, without tokenizer.json, give the ids of the training code', async () => {
  const clip = await loadClip(withFiles(OLDER));
  onTestFinished(() => clip.dispose());
  const { cases } = JSON.parse(await readFile(TOKENS, 'utf8'));
  expect(cases.length).toBeGreaterThan(10);
  for (const { text, ids } of cases) expect(clip.tokenize(text).ids).toEqual(ids);
});

const { '<|endoftext|>': end, ...withoutEnd } = vocab;

test('tokenizer_config.json says which tokens begin and end a text', async () => {
  const files = {
    'vocab.json': JSON.stringify({ ...withoutEnd, '</s>': end }),
    'merges.txt': OLDER['merges.txt'],
    'tokenizer_config.json': JSON.stringify({ eos_token: { content: '</s>' } }),
  };
  const clip = await loadClip(withFiles(files));
  onTestFinished(() => clip.dispose());
  expect(clip.tokenize('a</S>').ids.slice(-2)).toEqual([end, end]);
});

test.each([
  [{ 'vocab.json': OLDER['vocab.json'] }, 'expected tokenizer.json, or vocab.json with merges.txt'],
  [{ ...OLDER, 'vocab.json': JSON.stringify(withoutEnd) }, 'the token <|endoftext|>, got none'],
  [{ ...OLDER, 'vocab.json': '{"a": "b"}' }, 'vocab.json: expected an object of tokens'],
  [{ ...OLDER, 'merges.txt': '#version: 0.2\na\n' }, 'model.merges[0]: expected two tokens'],
])('files that are no tokenizer are refused by what they lack: %#', async (files, message) => {
  await expect(loadClip(withFiles(files))).rejects.toThrow(message);
});
