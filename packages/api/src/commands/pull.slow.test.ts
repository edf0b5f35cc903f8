// These run the built command line: `npm test` builds it first.
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConnectProxy, startProxy } from '../../../../tools/hub/proxy.ts';
import { folderFiles } from '../../../../tools/hub/repository.ts';
import { type HubServer, startHub } from '../../../../tools/hub/server.ts';
import { expectFailure, finished, startClipql } from '../testing/command-line.ts';
import { NANO } from '../testing/models.ts';

const SHEEP = fileURLToPath(new URL('../../examples/march-pastoral.jpg', import.meta.url));
const ID = 'clipql/nano';
const WEIGHTS = 'model.safetensors';
const ZOO_ID = 'wkcn/TinyCLIP-ViT-8M-16-Text-3M-YFCC15M';
const ZOO_REVISION = 'a2a8c6eaa2549ad66eb7c31b85022bf58273a26c';

const files = await nanoFiles();

/** The model's files, without the folders beside them. */
async function nanoFiles() {
  const all = await folderFiles(NANO);
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => /\.(json|safetensors)$/.test(name)),
  );
}

let hub: HubServer;
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clipql-pull-'));
  hub = await startHub([
    { id: ID, revisions: { main: files } },
    { id: ZOO_ID, revisions: { [ZOO_REVISION]: files } },
  ]);
});
afterEach(async () => {
  await hub.close();
  await rm(home, { recursive: true });
});

/** Starts the command with a cache of its own, on the test's hub. */
const start = (args: readonly string[], environment: Record<string, string> = {}) =>
  startClipql(args, {
    HF_ENDPOINT: hub.endpoint,
    HF_HOME: home,
    HF_TOKEN: '',
    HF_HUB_OFFLINE: '',
    NO_PROXY: '127.0.0.1',
    ...environment,
  });
const run = (args: readonly string[], environment: Record<string, string> = {}) =>
  finished(start(args, environment));

const repository = () => join(home, 'hub', 'models--clipql--nano');
const blob = () => join(repository(), 'blobs', hub.commit(ID).files.get(WEIGHTS)!.sha256);
const partial = () => `${blob()}.clipql.incomplete`;
const storeRequests = () => hub.requests.filter(({ server }) => server === 'store');

async function expectWholeModel(): Promise<void> {
  expect(await readFile(blob())).toEqual(await readFile(join(NANO, WEIGHTS)));
  const left = [...(await readdir(join(repository(), 'blobs'))), ...(await locks())];
  expect(left.filter((name) => name.includes('clipql'))).toEqual([]);
}

const locks = () => readdir(join(home, 'hub', '.locks', 'models--clipql--nano'));

/** Waits until a file has so many bytes. */
async function hasBytes(path: string, bytes: number): Promise<void> {
  while ((await stat(path).catch(() => undefined))?.size !== bytes) await sleep(10);
}

test('a pull that is killed at its first byte, between and at its last goes on from each of them', async () => {
  const { size } = hub.commit(ID).files.get(WEIGHTS)!;
  const offsets = [1, 65_537, 5_000_000, size - 1];
  for (const at of offsets) {
    hub.faults.push({ kind: 'stall', at });
    const child = start(['pull', ID]);
    await hasBytes(partial(), at);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const { exitCode, stdout, stderr } = await run(['pull', ID]);
  expect(stderr).toContain(`${WEIGHTS}: goes on from 11 MB`);
  expect(exitCode).toBe(0);
  expect(stdout.trim()).toBe(join(repository(), 'snapshots', hub.commit(ID).hash));
  expect(storeRequests().map(({ range }) => range)).toEqual([
    undefined,
    ...offsets.map((at) => `bytes=${at}-`),
  ]);
  await expectWholeModel();
});

test('one flipped byte is refused, and the next pull is whole', async () => {
  hub.faults.push({ kind: 'flip', at: 7_654_321 });
  const { exitCode, stdout, stderr } = await run(['pull', ID]);
  expect(exitCode).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/clipql: DOWNLOAD_CORRUPT: model\.safetensors: .* sent sha256 .* where/);
  expect(await readdir(join(repository(), 'blobs'))).not.toContain(
    hub.commit(ID).files.get(WEIGHTS)!.sha256,
  );
  expect(await run(['pull', ID])).toMatchObject({ exitCode: 0 });
  await expectWholeModel();
});

test('two pulls at once download once and leave one good file', async () => {
  hub.faults.push({ kind: 'stall', at: 3_000_000 });
  const first = start(['pull', ID]);
  await hasBytes(partial(), 3_000_000);
  const second = start(['pull', ID]);
  const waits = new Promise<void>((resolve) => {
    second.stderr.on('data', (chunk) => {
      if (String(chunk).includes(`process ${first.pid} downloads it; waiting`)) resolve();
    });
  });
  await waits;
  // The first is lost half-way; the second takes over from where it was.
  first.kill('SIGKILL');
  await once(first, 'exit');
  expect(await once(second, 'exit')).toEqual([0, null]);
  expect(storeRequests().map(({ range }) => range)).toEqual([undefined, 'bytes=3000000-']);
  await expectWholeModel();
});

test('four pulls started together all succeed, and one of them downloads', async () => {
  const all = await Promise.all([1, 2, 3, 4].map(() => run(['pull', ID])));
  expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  expect(storeRequests()).toHaveLength(1);
  await expectWholeModel();
});

describe('a model of the hub', () => {
  const classify = (environment: Record<string, string> = {}) =>
    run(['classify', SHEEP, '--labels', 'sheep,car', '--model', ID, '--json'], environment);

  test('is downloaded the first time and answers; every time after, nothing is requested', async () => {
    const first = await classify();
    expect(JSON.parse(first.stdout)).toMatchObject([{ label: 'sheep', model: ID }]);
    expect(first.stderr).toContain('clipql: model.safetensors: 11 MB, complete');
    hub.requests.length = 0;
    for (const environment of [{}, { HF_HUB_OFFLINE: '1' }]) {
      expect(await classify(environment)).toMatchObject({ exitCode: 0, stderr: '' });
    }
    expect(await run(['pull', ID], { HF_HUB_OFFLINE: '1' })).toMatchObject({ exitCode: 0 });
    expect(hub.requests).toEqual([]);
  });

  test('that is not there, offline, is one line that says so', async () => {
    expectFailure(
      await classify({ HF_HUB_OFFLINE: '1' }),
      /OFFLINE: clipql\/nano is not complete in .* HF_HUB_OFFLINE forbids/,
    );
    expect(hub.requests).toEqual([]);
  });
});

describe('a hub behind TLS and a proxy', () => {
  const AUTHORITY = fileURLToPath(
    new URL('../../../../tools/hub/certificate/certificate.pem', import.meta.url),
  );
  let proxy: ConnectProxy;
  beforeEach(async () => {
    await hub.close();
    hub = await startHub([{ id: ID, revisions: { main: files } }], { tls: true });
    proxy = await startProxy();
  });
  afterEach(() => proxy.close());

  const pull = (environment: Record<string, string>) =>
    run(['pull', ID], { NO_PROXY: '', HTTPS_PROXY: proxy.url, ...environment });

  test('is reached by HTTPS_PROXY, and trusted by NODE_EXTRA_CA_CERTS', async () => {
    expect(await pull({ NODE_EXTRA_CA_CERTS: AUTHORITY })).toMatchObject({ exitCode: 0 });
    await expectWholeModel();
    expect(proxy.hosts).toContain(new URL(hub.endpoint).host);
    expect(proxy.hosts.length).toBeGreaterThanOrEqual(2);
  });

  test('is reached without the proxy where NO_PROXY names it', async () => {
    const result = await pull({ NODE_EXTRA_CA_CERTS: AUTHORITY, NO_PROXY: 'localhost' });
    expect(result).toMatchObject({ exitCode: 0 });
    expect(proxy.hosts).toEqual([]);
  });

  test('is refused when its certificate is not trusted, with what to do', async () => {
    expectFailure(
      await pull({}),
      /DOWNLOAD_FAILED: localhost:\d+: its certificate is not trusted; NODE_EXTRA_CA_CERTS names/,
    );
  });
});

test('models lists the zoo, and what of it is on the disk; its revision is the one that is taken', async () => {
  const own = { CLIPQL_ZOO: await ownZoo() };
  const listed = async () => JSON.parse((await run(['models', '--json'], own)).stdout).models;
  const idOf = ({ id }: { id: string }) => id === ZOO_ID;
  expect((await listed()).find(idOf)).toMatchObject({ resolution: 64, onDisk: null });
  const { stdout: folder } = await run(['pull', ZOO_ID], own);
  expect(folder.trim()).toMatch(new RegExp(`snapshots/${ZOO_REVISION}$`));
  expect((await listed()).find(idOf).onDisk).toMatchObject({ folder: folder.trim() });
  expect((await run(['models'], own)).stdout).toMatch(new RegExp(`${ZOO_ID} .* 11 MB\n`));
});

test('a model of the zoo whose files are not the zoo’s is refused', async () => {
  expectFailure(
    await run(['pull', ZOO_ID]),
    /DOWNLOAD_CORRUPT: \S+: expected \S+ (bytes|as its SHA-256), 127\.0\.0\.1:\d+ announces/,
  );
});

/** A zoo of one model: nano under another's name. */
async function ownZoo(): Promise<string> {
  const names = ['config.json', 'preprocessor_config.json', 'tokenizer.json', WEIGHTS];
  const commit = hub.commit(ZOO_ID, ZOO_REVISION);
  const pinned = names.map((name) => {
    const { size, sha256 } = commit.files.get(name)!;
    return { name, bytes: size, sha256 };
  });
  const model = {
    ...{ id: ZOO_ID, revision: ZOO_REVISION, files: pinned },
    ...{ tasks: ['classify'], languages: ['en'], parameters: 2_707_585, imageOperations: 1e8 },
    ...{ dimensions: 128, resolution: 64 },
  };
  const file = join(home, 'zoo.json');
  await writeFile(file, JSON.stringify({ models: [model] }));
  return file;
}

test.each([
  ['a folder', 'models/nano/', /BAD_OPTION: expected org\/name, .* got "models\/nano\/"/],
  ['a plain http URL', 'http://example.com/model', /BAD_INPUT: expected an https URL of a folder/],
  ['a revision with ..', `${ID}@a/../b`, /BAD_INPUT: expected a branch, tag or commit after the @/],
])('%s is nothing to pull', async (_what, model, line) => {
  expectFailure(await run(['pull', model]), line);
});
