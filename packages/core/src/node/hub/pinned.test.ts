import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HubServer, startHub } from '../../../../../tools/hub/server.ts';
import { cachedModel, hubSettings, locateModel, type PinnedFile, pullModel } from '../index.ts';

const NANO = fileURLToPath(new URL('../../../../../models/nano', import.meta.url));
const ID = 'clipql/nano';
const WEIGHTS = 'model.safetensors';
const NAMES = ['config.json', 'preprocessor_config.json', 'tokenizer.json', WEIGHTS];

const files: ReadonlyMap<string, Buffer> = new Map(
  await Promise.all(NAMES.map(async (name) => [name, await readFile(join(NANO, name))] as const)),
);
/** Files that a model may have, and that no pin names. */
const others = { 'pytorch_model.bin': Buffer.of(1), 'README.md': Buffer.of(2) };

let hub: HubServer;
let cache: string;
beforeEach(async () => {
  hub = await startHub([
    { id: ID, revisions: { main: { ...Object.fromEntries(files), ...others } } },
  ]);
  cache = await mkdtemp(join(tmpdir(), 'clipql-pins-'));
});
afterEach(async () => {
  await hub.close();
  await rm(cache, { recursive: true });
});

const settings = () => ({
  ...hubSettings({ HF_ENDPOINT: hub.endpoint, HF_HOME: cache }, cache),
  retryWaits: [0],
});

/** @param change to the pin of the file of this name. */
const pins = (name = '', change: Partial<PinnedFile> = {}): readonly PinnedFile[] =>
  [...files].map(([file, bytes]) => ({
    name: file,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...(file === name && change),
  }));
const pull = (pinnedFiles?: readonly PinnedFile[]) =>
  pullModel(
    { kind: 'hub', id: ID, revision: undefined, ...(pinnedFiles && { files: pinnedFiles }) },
    settings(),
    () => {},
  );

test('the pinned files are downloaded, and no others', async () => {
  const { folder, weights, bytes } = await pull(pins());
  expect((await readdir(folder)).sort()).toEqual([...NAMES].sort());
  expect(await readFile(join(folder, WEIGHTS))).toEqual(files.get(WEIGHTS));
  const size = [...files.values()].reduce((sum, file) => sum + file.length, 0);
  expect({ weights, bytes }).toEqual({ weights: WEIGHTS, bytes: size });
});

test.each([
  [
    'another hash of weights',
    WEIGHTS,
    { sha256: 'ab'.repeat(32) },
    /announces .*nothing was downl/,
  ],
  ['another size', 'config.json', { bytes: 7 }, /expected 7 bytes, .* announces \d+/],
  [
    'another hash of a small file',
    'tokenizer.json',
    { sha256: 'cd'.repeat(32) },
    /sent sha256 \w+/,
  ],
])('%s than the pinned one is refused', async (_what, name, change, message) => {
  const failure: Error = await pull(pins(name, change)).catch((error) => error);
  expect(failure).toMatchObject({ code: 'DOWNLOAD_CORRUPT' });
  expect(failure.message).toMatch(message);
  expect(failure.message).toMatch(new RegExp(`^${name}: `));
  expect(await cachedModel({ kind: 'hub', id: ID, revision: 'main' }, settings())).toBeUndefined();
});

test('a small file that is in the cache already is checked too', async () => {
  await pull();
  const wrong = pull(pins('tokenizer.json', { sha256: 'ab'.repeat(32) }));
  await expect(wrong).rejects.toMatchObject({ code: 'DOWNLOAD_CORRUPT' });
  await expect(pull(pins())).resolves.toBeDefined();
});

test('a pinned file that is missing is named', async () => {
  await expect(pull([{ name: 'open_clip_config.json' }, ...pins()])).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
    message: expect.stringContaining('no open_clip_config.json'),
  });
});

test('what Python has cached of the same commit serves as well, without a request', async () => {
  await pull();
  hub.requests.length = 0;
  const files = [{ name: 'open_clip_config.json' }, { name: 'open_clip_model.safetensors' }];
  const revision = hub.commit(ID).hash;
  const { folder } = await locateModel(
    { kind: 'hub', id: ID, revision, files },
    settings(),
    () => {},
  );
  expect(await readdir(folder)).toContain(WEIGHTS);
  expect(hub.requests).toEqual([]);
});
