// Models whose small files are not those that most have.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HubRepository } from '../../../../../tools/hub/repository.ts';
import { type HubServer, startHub } from '../../../../../tools/hub/server.ts';
import { loadClip } from '../../load-clip.ts';
import {
  cachedModel,
  hubSettings,
  modelFromFolder,
  parseModelAddress,
  pullModel,
  type RemoteAddress,
} from '../index.ts';

const NANO = fileURLToPath(new URL('../../../../../models/nano', import.meta.url));
const NAMES = ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'model.safetensors'];

const nano = Object.fromEntries(
  await Promise.all(NAMES.map(async (name) => [name, await readFile(join(NANO, name))])),
) as Record<string, Buffer>;

/** The same model with the processor's file that transformers 5 writes. */
function asTransformers5({
  'preprocessor_config.json': processor,
  ...others
}: Record<string, Buffer>) {
  const nested = {
    image_processor: JSON.parse(String(processor)),
    processor_class: 'CLIPProcessor',
  };
  return { ...others, 'processor_config.json': Buffer.from(JSON.stringify(nested)) };
}

/** The same model with the tokenizer's files that older folders have. */
function withVocabulary({ 'tokenizer.json': tokenizer, ...others }: Record<string, Buffer>) {
  const { vocab, merges } = JSON.parse(String(tokenizer)).model;
  const lines = [
    '#version: 0.2',
    ...merges.map((pair: string | string[]) => [pair].flat().join(' ')),
  ];
  const files = { 'vocab.json': JSON.stringify(vocab), 'merges.txt': lines.join('\n') };
  const bytes = Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]);
  return { ...others, ...Object.fromEntries(bytes) } as Record<string, Buffer>;
}

const { 'merges.txt': _, ...withoutMerges } = withVocabulary(nano);

const REPOSITORIES: readonly HubRepository[] = [
  { id: 'clipql/transformers-5', revisions: { main: asTransformers5(nano) } },
  { id: 'clipql/vocabulary', revisions: { main: withVocabulary(nano) } },
  { id: 'clipql/no-merges', revisions: { main: withoutMerges } },
];

let hub: HubServer;
let cache: string;
beforeEach(async () => {
  hub = await startHub(REPOSITORIES);
  cache = await mkdtemp(join(tmpdir(), 'clipql-hub-'));
});
afterEach(async () => {
  await hub.close();
  await rm(cache, { recursive: true });
});

const settings = () => hubSettings({ HF_ENDPOINT: hub.endpoint, HF_HOME: cache }, cache);
const address = (text: string) => parseModelAddress(text, () => false) as RemoteAddress;
const pull = (text: string) => pullModel(address(text), settings(), () => {});

test('a model of transformers 5, which has no preprocessor_config.json, is pulled and loaded', async () => {
  const model = await pull('clipql/transformers-5');
  const [four, five] = await Promise.all([
    loadClip(await modelFromFolder(NANO)),
    loadClip(await modelFromFolder(model.folder)),
  ]);
  expect(five.preprocessing).toEqual(four.preprocessing);
  expect(await cachedModel(address('clipql/transformers-5'), settings())).toEqual(model);
  four.dispose();
  five.dispose();
});

test('a model with vocab.json and merges.txt in place of tokenizer.json is pulled and loaded', async () => {
  const model = await pull('clipql/vocabulary');
  const clip = await loadClip(await modelFromFolder(model.folder));
  expect(clip.tokenize('a cat').ids).toHaveLength(4);
  clip.dispose();
  expect(await cachedModel(address('clipql/vocabulary'), settings())).toEqual(model);
  await rm(join(model.folder, 'merges.txt'));
  expect(await cachedModel(address('clipql/vocabulary'), settings())).toBeUndefined();
  await expect(pull('clipql/no-merges')).rejects.toThrow('clipql/no-merges has no merges.txt');
});
