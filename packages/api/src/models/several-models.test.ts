import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startWebServer } from '../../../core/src/testing/web-server.ts';
import { schema } from '../doors/graphql/schema/index.ts';
import { ApiError } from '../errors/api-error.ts';
import { startApi } from '../testing/api.ts';
import { WAIT } from '../testing/held-tower.ts';
import { NANO } from '../testing/models.ts';
import { modelSources } from './model-sources.ts';
import { createModelRegistry, type ModelRegistry, type RegistryOptions } from './registry.ts';

const MINUTE = 60_000;

let folder: string;
let models: ModelRegistry;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-models-'));
  for (const name of ['a', 'b', 'c']) await symlink(NANO, join(folder, name));
});
afterEach(async () => {
  vi.useRealTimers();
  models?.close();
  await rm(folder, { recursive: true });
});

function serve(options: RegistryOptions = {}): ModelRegistry {
  const names = ['a', 'b', 'c'].map((name) => join(folder, name));
  models = createModelRegistry(modelSources(names), options);
  return models;
}

const loaded = () =>
  models
    .list()
    .filter((model) => model.loaded !== undefined)
    .map(({ name }) => name);

/** Bytes that one of the models takes. */
async function bytesOfOne(): Promise<number> {
  const registry = createModelRegistry(modelSources([NANO]));
  const { memoryBytes } = (await registry.get()).clip;
  registry.close();
  return memoryBytes;
}

test('a model is loaded when it is first asked for, once for all who ask', async () => {
  serve();
  expect(loaded()).toEqual([]);
  const [one, other] = await Promise.all([models.get('b'), models.get('b')]);
  expect(one).toBe(other);
  expect(loaded()).toEqual(['b']);
});

test('a model other than the first is unloaded once nobody has used it for the idle time', async () => {
  serve({ idleMs: 15 * MINUTE });
  await models.get();
  const lease = await models.lease('b');
  vi.useFakeTimers();
  vi.advanceTimersByTime(60 * MINUTE);
  expect(loaded()).toEqual(['a', 'b']);
  lease.release();
  vi.advanceTimersByTime(14 * MINUTE);
  const again = await models.lease('b');
  again.release();
  again.release();
  vi.advanceTimersByTime(14 * MINUTE);
  expect(loaded()).toEqual(['a', 'b']);
  vi.advanceTimersByTime(MINUTE);
  expect(loaded()).toEqual(['a']);
  await expect(lease.model.clip.encodeTexts(['a'])).rejects.toMatchObject({ code: 'DISPOSED' });
  vi.useRealTimers();
  const [embedding] = await (await models.get('b')).clip.encodeTexts(['a']);
  expect(embedding).toHaveLength(128);
});

test('the model unused longest makes room for another', async () => {
  serve({ memoryBytes: 2.5 * (await bytesOfOne()) });
  await models.get('a');
  await models.get('b');
  await models.get('a');
  await models.get('c');
  expect(loaded()).toEqual(['a', 'c']);
});

test('a model in use is never unloaded; what finds no room is refused, and says when to ask again', async () => {
  serve({ memoryBytes: 1.5 * (await bytesOfOne()) });
  const lease = await models.lease('a');
  await expect(models.get('b')).rejects.toMatchObject({
    code: 'MODEL_MEMORY_FULL',
    message: expect.stringMatching(
      /^b takes 0\.01 GB of memory beside 0\.0\d GB in use, and --model-memory allows 0\.0\d GB: ask again/,
    ),
  });
  expect(await lease.model.clip.encodeTexts(['a'])).toHaveLength(1);
  lease.release();
  await models.get('b');
  expect(loaded()).toEqual(['b']);
});

test('work beside the models takes room in their memory, but never that of a loaded one', async () => {
  const bytes = await bytesOfOne();
  serve({ memoryBytes: 2.5 * bytes });
  await models.get('a');
  await models.get('b');
  const full = (retryable: boolean) =>
    expect.objectContaining({ code: 'MODEL_MEMORY_FULL', retryable });
  expect(() => models.hold('drawing', bytes)).toThrow(full(true));
  const giveBack = models.hold('drawing', bytes / 2);
  expect(loaded()).toEqual(['a', 'b']);
  const { release } = await models.lease('a');
  const other = await models.lease('b');
  await expect(models.get('c')).rejects.toEqual(full(true));
  for (const end of [release, other.release, giveBack]) end();
});

test('work that never fits beside the first model and its own is refused for good', async () => {
  const bytes = await bytesOfOne();
  serve({ memoryBytes: 2.5 * bytes });
  const never = expect.objectContaining({
    code: 'MODEL_MEMORY_FULL',
    retryable: false,
    message: expect.stringMatching(
      /^drawing takes 0\.0\d GB of memory beside 0\.0\d GB of models, and --model-memory allows 0\.0\d GB/,
    ),
  });
  await models.get('a');
  models.hold('drawing', 1.25 * bytes, ['a'])();
  await models.get('b');
  expect(() => models.hold('drawing', bytes, ['b'])).toThrow(never);
  expect(() => models.hold('drawing', 2 * bytes)).toThrow(never);
  // The first has room also while it is unloaded.
  await models.get('c');
  expect(loaded()).toEqual(['b', 'c']);
  expect(() => models.hold('drawing', 2 * bytes)).toThrow(never);
});

test('a model that alone is over the limit is refused', async () => {
  serve({ memoryBytes: 1e6 });
  await expect(models.get()).rejects.toMatchObject({
    ...{ code: 'MODEL_MEMORY_FULL', retryable: false },
    message: expect.stringContaining('--precision int8'),
  });
});

test('two models of one name are refused', () => {
  expect(() => modelSources([join(folder, 'a'), join(folder, 'b', '..', 'a')])).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
});

test('an operation holds each model that it asks, and lets go of it when it is answered', async () => {
  const api = await startApi({
    served: ['a', 'b'].map((name) => join(folder, name)),
    registry: { idleMs: MINUTE },
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { data } = await api.query(
    '{ a: embedText(text: "x") { model { name } } b: embedText(text: "x", model: "b") { model { name } } }',
  );
  expect(data).toEqual({ a: { model: { name: 'a' } }, b: { model: { name: 'b' } } });
  const served = () => api.query('{ servedModels { name loaded { name } } }');
  expect((await served()).data.servedModels[1]).toEqual({ name: 'b', loaded: { name: 'b' } });
  vi.advanceTimersByTime(MINUTE);
  expect((await served()).data.servedModels).toEqual([
    { name: 'a', loaded: { name: 'a' } },
    { name: 'b', loaded: null },
  ]);
  await api.close();
});

test('OpenAI’s list of models has all that are served, loaded or not', async () => {
  const api = await startApi({ served: [join(folder, 'a'), join(folder, 'b')] });
  const response = await api.fetch('/v1/models');
  const model = { object: 'model', created: 0, owned_by: 'clipql' };
  expect(await response.json()).toEqual({
    object: 'list',
    data: [
      { id: 'a', ...model },
      { id: 'b', ...model },
    ],
  });
  expect(api.logged).toEqual([]);
  await api.close();
});

test.each(['denied', 'broken'])(
  'why a model cannot be downloaded (%s) is for the log alone',
  async (path) => {
    const server = await startWebServer({
      '/denied/config.json?sig=SECRET': (_request, response) => response.writeHead(403).end(),
      '/broken/config.json?sig=SECRET': (_request, response) =>
        response.writeHead(404, { 'x-error-code': 'None' }).end(),
    });
    const api = await startApi({ served: [NANO, `${server.url}/${path}/?sig=SECRET`] });
    const { errors } = await api.query(`{ embedText(text: "x", model: "${path}") { tokens } }`);
    const rest = await api.fetch('/v1/embeddings', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: path, input: 'x' }),
    });
    const code = path === 'denied' ? 'DOWNLOAD_DENIED' : 'DOWNLOAD_FAILED';
    expect(errors).toMatchObject([{ extensions: { code } }]);
    expect(rest.status).toBe(500);
    for (const shown of [JSON.stringify(errors), await rest.text()]) {
      expect(shown).toMatch(/the model cannot be had now; the log says why under [0-9a-f-]{36}/);
      expect(shown).not.toContain(server.host);
    }
    expect(api.logged).toHaveLength(2);
    for (const error of api.logged) {
      expect(String(error)).toContain(`${server.url}/${path}/`);
      expect(String(error)).not.toContain('SECRET');
    }
    await api.close();
    await server.close();
  },
);

test('where the folder of a model is, clients are not told when it cannot be loaded', async () => {
  const api = await startApi({ served: [NANO, join(folder, 'none')] });
  const { errors } = await api.query('{ embedText(text: "x", model: "none") { tokens } }');
  await api.close();
  expect(errors).toMatchObject([{ extensions: { code: 'MODEL_NOT_FOUND' } }]);
  expect(errors[0]?.message).toMatch(/^the model cannot be had now; the log says why under/);
  expect(api.logged.map(String)).toEqual([expect.stringContaining(join(folder, 'none'))]);
});

describe('an operation that has failed already', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** A field that is not nullable takes the others with it. */
  const failLimits = (after: () => Promise<void>) => {
    const { limits } = schema.getQueryType()!.getFields();
    vi.spyOn(limits as Required<typeof limits & object>, 'resolve').mockImplementation(async () => {
      await after();
      throw new ApiError('BAD_INPUT', 'expected another test');
    });
  };

  test('lets go of a model that is loaded after that', async () => {
    const api = await startApi({
      served: ['a', 'b'].map((name) => join(folder, name)),
      registry: { idleMs: MINUTE },
    });
    failLimits(async () => {});
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { data, errors } = await api.query(
      '{ limits { images } b: embedText(text: "x", model: "b") { tokens } }',
    );
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    const servedB = async () =>
      (await api.query('{ servedModels { loaded { name } } }')).data.servedModels[1].loaded;
    await vi.waitFor(async () => expect(await servedB()).toEqual({ name: 'b' }), WAIT);
    vi.advanceTimersByTime(MINUTE);
    expect(await servedB()).toBeNull();
    await api.close();
  });

  test('keeps no download going', async () => {
    const asked = Promise.withResolvers<void>();
    const brokenOff = Promise.withResolvers<void>();
    const server = await startWebServer({
      '/endless': (_request, response) => {
        response.on('close', brokenOff.resolve);
        asked.resolve();
      },
    });
    const api = await startApi({ allowHosts: new Set([server.host]), timeoutMs: 10 * MINUTE });
    failLimits(() => asked.promise);
    const { data } = await api.query(
      `{ limits { images } b: embedImage(imageUrl: "${server.url}/endless") { dimensions } }`,
    );
    expect(data).toBeNull();
    await brokenOff.promise;
    await api.close();
    await server.close();
  });
});
