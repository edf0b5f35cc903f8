import {
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HubRepository } from '../../../../../tools/hub/repository.ts';
import { type HubServer, startHub } from '../../../../../tools/hub/server.ts';
import { loadClip } from '../../load-clip.ts';
import {
  type Handler,
  redirectTo,
  startWebServer,
  type WebServer,
} from '../../testing/web-server.ts';
import {
  cachedModel,
  type DownloadProgress,
  hubSettings,
  locateModel,
  modelFromFolder,
  parseModelAddress,
  pullModel,
  type RemoteAddress,
} from '../index.ts';

const NANO = fileURLToPath(new URL('../../../../../models/nano', import.meta.url));
const NAMES = ['config.json', 'preprocessor_config.json', 'tokenizer.json'] as const;
const WEIGHTS = 'model.safetensors';
const TOKEN = 'hf_secret';

const nano = Object.fromEntries(
  await Promise.all(
    [...NAMES, WEIGHTS].map(async (name) => [name, await readFile(join(NANO, name))]),
  ),
) as Record<string, Buffer>;
const { [WEIGHTS]: weights, ...withoutWeights } = nano;
const weightsSize = weights!.length;

const REPOSITORIES: readonly HubRepository[] = [
  {
    id: 'clipql/nano',
    oldId: 'clipql/pico',
    revisions: { main: nano, 'refs/pr/7': { ...nano, 'extra.txt': Buffer.of(1) } },
  },
  { id: 'clipql/gated', revisions: { main: nano }, gated: true },
  { id: 'clipql/private', revisions: { main: nano }, isPrivate: true },
  { id: 'clipql/no-weights', revisions: { main: withoutWeights } },
];

let hub: HubServer;
let cache: string;
beforeEach(async () => {
  hub = await startHub(REPOSITORIES, { token: TOKEN });
  cache = await mkdtemp(join(tmpdir(), 'clipql-hub-'));
});
afterEach(async () => {
  await hub.close();
  await rm(cache, { recursive: true });
});

const settings = (environment: Record<string, string> = {}) => ({
  ...hubSettings(
    { HF_ENDPOINT: hub.endpoint, HF_HOME: cache, XDG_CACHE_HOME: cache, ...environment },
    cache,
  ),
  retryWaits: [0, 0],
});

const address = (text: string) => parseModelAddress(text, () => false) as RemoteAddress;

async function pull(text: string, environment: Record<string, string> = {}) {
  const progress: DownloadProgress[] = [];
  const model = await pullModel(address(text), settings(environment), (p) => progress.push(p));
  return { model, progress };
}

const folder = () => join(cache, 'hub', 'models--clipql--nano');
const storeRequests = () => hub.requests.filter(({ server }) => server === 'store');

test('a model lies in the layout of Hugging Face’s cache and can be loaded', async () => {
  const { model } = await pull('clipql/nano');
  const { hash, files } = hub.commit('clipql/nano');
  expect(model.folder).toBe(join(folder(), 'snapshots', hash));
  expect(await readFile(join(folder(), 'refs', 'main'), 'utf8')).toBe(hash);
  const { sha256 } = files.get(WEIGHTS)!;
  expect(await readlink(join(model.folder, WEIGHTS))).toBe(join('..', '..', 'blobs', sha256));
  expect(await readlink(join(model.folder, 'config.json'))).toBe(
    join('..', '..', 'blobs', files.get('config.json')!.gitHash),
  );
  expect(await readFile(join(model.folder, WEIGHTS))).toEqual(weights);

  const located = await locateModel(address('clipql/nano'), settings(), () => {});
  const clip = await loadClip(await modelFromFolder(located.folder, located.name));
  expect(clip.info.name).toBe('clipql/nano');
  clip.dispose();
});

test('what is in the cache is opened without a request, offline or not', async () => {
  await pull('clipql/nano');
  hub.requests.length = 0;
  for (const environment of [{}, { HF_HUB_OFFLINE: '1' }]) {
    await locateModel(address('clipql/nano'), settings(environment), () => {});
    const { hash } = hub.commit('clipql/nano');
    await locateModel(address(`clipql/nano@${hash}`), settings(environment), () => {});
  }
  expect(hub.requests).toEqual([]);
});

test('offline, a model that is not in the cache is refused without a request', async () => {
  await expect(pull('clipql/nano', { HF_HUB_OFFLINE: 'true' })).rejects.toMatchObject({
    code: 'OFFLINE',
    message: expect.stringMatching(/clipql\/nano is not complete in .* HF_HUB_OFFLINE/),
  });
  expect(hub.requests).toEqual([]);
});

test('a revision of a pull request is a snapshot of its own, and shares the blobs', async () => {
  await pull('clipql/nano');
  hub.requests.length = 0;
  const { model } = await pull('clipql/nano@refs/pr/7');
  expect(model.snapshot).toBe(hub.commit('clipql/nano', 'refs/pr/7').hash);
  expect(await readFile(join(folder(), 'refs', 'refs', 'pr', '7'), 'utf8')).toBe(model.snapshot);
  expect(storeRequests()).toEqual([]);
});

test('a model that was renamed is found under its old name', async () => {
  const { model } = await pull('clipql/pico');
  expect(model.snapshot).toBe(hub.commit('clipql/nano').hash);
  expect(await readFile(join(model.folder, WEIGHTS))).toEqual(weights);
});

describe('the token', () => {
  test('goes to the hub, and never to the store that it redirects to', async () => {
    await pull('clipql/private', { HF_TOKEN: TOKEN });
    expect(storeRequests()).not.toEqual([]);
    for (const { server, authorization } of hub.requests) {
      expect(authorization).toBe(server === 'hub' ? `Bearer ${TOKEN}` : undefined);
    }
  });

  test('is read from the file that Python’s login writes', async () => {
    await writeFile(join(cache, 'token'), `${TOKEN}\n`);
    await expect(pull('clipql/private')).resolves.toBeDefined();
  });

  test('is not sent to a folder on the web', async () => {
    const { hash } = hub.commit('clipql/nano');
    const other = await startHub(REPOSITORIES);
    await pull(`${other.endpoint}/clipql/nano/resolve/${hash}/`, { HF_TOKEN: TOKEN });
    expect(other.requests.map(({ authorization }) => authorization)).toEqual(
      other.requests.map(() => undefined),
    );
    await other.close();
  });
});

describe('a connection that is lost', () => {
  test('is made again, and the download goes on from where it was, by range', async () => {
    hub.faults.push({ kind: 'drop', at: 100_000 }, { kind: 'status', status: 503 });
    const { progress, model } = await pull('clipql/nano');
    expect(storeRequests().map(({ range }) => range)).toEqual([
      undefined,
      'bytes=100000-',
      'bytes=100000-',
    ]);
    expect(progress.filter(({ kind }) => kind === 'retry')).toHaveLength(2);
    expect(await readFile(join(model.folder, WEIGHTS))).toEqual(weights);
  });

  test('and a server that sends the whole file again', async () => {
    hub.faults.push({ kind: 'drop', at: 100_000 }, { kind: 'whole' });
    const { model } = await pull('clipql/nano');
    expect(await readFile(join(model.folder, WEIGHTS))).toEqual(weights);
  });
});

test('a flipped byte is refused, what arrived is deleted, and the next try is whole', async () => {
  hub.faults.push({ kind: 'flip', at: 1_234_567 });
  await expect(pull('clipql/nano')).rejects.toMatchObject({
    code: 'DOWNLOAD_CORRUPT',
    message: expect.stringMatching(
      /model\.safetensors: 127\.0\.0\.1:\d+ sent sha256 \w+ where \w+/,
    ),
  });
  expect(await cachedModel(address('clipql/nano'), settings())).toBeUndefined();
  const { model } = await pull('clipql/nano');
  expect(await readFile(join(model.folder, WEIGHTS))).toEqual(weights);
});

test('a full disk is told as one, with what to do', async () => {
  const { sha256 } = hub.commit('clipql/nano').files.get(WEIGHTS)!;
  await pull('clipql/nano');
  await rm(join(folder(), 'blobs', sha256));
  // Every write to this device says that there is no space left.
  await symlink('/dev/full', join(folder(), 'blobs', `${sha256}.clipql.incomplete`));
  await expect(pull('clipql/nano')).rejects.toMatchObject({
    code: 'DISK_FULL',
    message: expect.stringMatching(/the disk is full: free some, or set HF_HUB_CACHE/),
  });
});

describe('what cannot be had says what to do:', () => {
  test.each([
    [
      'a gated model',
      'clipql/gated',
      {},
      'DOWNLOAD_DENIED',
      /accept its terms at .*\/clipql\/gated, then set HF_TOKEN/,
    ],
    [
      'a gated model with a token',
      'clipql/gated',
      { HF_TOKEN: TOKEN },
      'DOWNLOAD_DENIED',
      /use the token of an account that did/,
    ],
    ['a private model', 'clipql/private', {}, 'DOWNLOAD_DENIED', /if it is private, set HF_TOKEN/],
    [
      'an unknown model',
      'clipql/nothing',
      { HF_TOKEN: TOKEN },
      'MODEL_NOT_FOUND',
      /check the name/,
    ],
    [
      'a wrong token',
      'clipql/private',
      { HF_TOKEN: 'hf_old' },
      'DOWNLOAD_DENIED',
      /its token has no access/,
    ],
    [
      'a missing revision',
      'clipql/nano@v9',
      {},
      'MODEL_NOT_FOUND',
      /clipql\/nano has no revision v9; .*\/clipql\/nano\/tree\/main/,
    ],
    [
      'a model without weights',
      'clipql/no-weights',
      {},
      'MODEL_NOT_FOUND',
      /no model\.safetensors and no pytorch_model\.bin/,
    ],
  ] as const)('%s', async (_what, model, environment, code, message) => {
    await expect(pull(model, environment)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('a server that is not there', async () => {
    const { endpoint } = hub;
    await hub.close();
    await expect(pull('clipql/nano', { HF_ENDPOINT: endpoint })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(
        /the connection was refused; check HF_ENDPOINT, and HTTPS_PROXY/,
      ),
    });
    hub = await startHub(REPOSITORIES);
  });

  test('a connection that stays lost', async () => {
    for (let i = 0; i < 7; i++) hub.faults.push({ kind: 'drop', at: 5000 });
    await expect(pull('clipql/nano')).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining(
        `the connection was lost; 5,000 of ${weightsSize.toLocaleString('en-US')} bytes of model.safetensors are kept: the same command goes on from there`,
      ),
    });
  });
});

test('a folder on the web is a model, and downloaded once', async () => {
  const { hash } = hub.commit('clipql/nano');
  const url = `${hub.endpoint}/clipql/nano/resolve/${hash}`;
  const { model } = await pull(url);
  expect(model.name).toBe(hash);
  expect(await readFile(join(model.folder, WEIGHTS))).toEqual(weights);
  expect((await stat(join(cache, 'clipql', 'urls'))).isDirectory()).toBe(true);
  hub.requests.length = 0;
  await locateModel(address(url), settings(), () => {});
  expect(hub.requests).toEqual([]);
});

describe('a server that calls its commit by a path', () => {
  let server: WebServer;
  beforeEach(async () => {
    const answers = Object.entries(nano).flatMap(([name, body]) =>
      ['/clipql/nano/resolve/main', '/nano'].map((path): [string, Handler] => [
        `${path}/${name}`,
        ({ method }, response) => {
          const headers = { 'content-length': body.length, 'x-repo-commit': '../../../escaped' };
          response.writeHead(200, headers).end(method === 'HEAD' ? undefined : body);
        },
      ]),
    );
    server = await startWebServer(Object.fromEntries(answers));
  });
  afterEach(() => server.close());

  test('is refused as a hub, and nothing is written', async () => {
    await expect(pull('clipql/nano', { HF_ENDPOINT: server.url })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: `${server.url}/clipql/nano/resolve/main/config.json: expected a commit of 40 hexadecimal digits, got "../../../escaped"; check HF_ENDPOINT`,
    });
    expect(await readdir(cache)).toEqual([]);
  });

  test('is not asked for one as a folder on the web', async () => {
    const { model } = await pull(`${server.url}/nano/`);
    expect(model.snapshot).toMatch(/^[0-9a-f]{40}$/);
    expect(model.folder).toMatch(new RegExp(`^${join(cache, 'clipql', 'urls')}/.*/snapshots/`));
  });
});

test('the signature of a folder on the web is in no message', async () => {
  const endless: Handler = ({ url }, response) => response.writeHead(302, { location: url }).end();
  const answers: Readonly<Record<string, Handler>> = {
    denied: (_request, response) => response.writeHead(403).end(),
    broken: (_request, response) => response.writeHead(500).end(),
    endless,
    unsized: (_request, response) => response.writeHead(200).end(),
    elsewhere: redirectTo('ftp://store.test/config.json?sig=SECRET'),
  };
  const server = await startWebServer(
    Object.fromEntries(
      Object.entries(answers).map(([path, handler]) => [
        `/${path}/config.json?sig=SECRET`,
        handler,
      ]),
    ),
  );
  for (const path of Object.keys(answers)) {
    const error: Error = await pull(`${server.url}/${path}/?sig=SECRET`).catch((reason) => reason);
    expect(error).toMatchObject({ code: expect.stringMatching(/^DOWNLOAD_/) });
    expect(error.message).toContain(server.host);
    expect(error.message).not.toContain('SECRET');
  }
  expect(server.requests.length).toBeGreaterThan(Object.keys(answers).length);
  await server.close();
  for (const malformed of [
    'http://a.test/?sig=SECRET',
    'https://me:SECRET@a.test/',
    'https://[?sig=SECRET',
  ])
    expect(() => address(malformed)).toThrow(/^expected an https URL(?!.*SECRET)/);
});
