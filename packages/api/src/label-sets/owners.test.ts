import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { APP_KEY, bearer, hashed, JOB_KEY } from '../doors/requests/testing/ask.ts';
import { testPostgres } from '../postgres/testing/test-postgres.ts';
import { parseSettings } from '../settings/settings.ts';
import { startApi, type TestApi } from '../testing/api.ts';
import { holdTextTower } from '../testing/held-tower.ts';

let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'clipql-owners-'));
});

afterAll(() => rm(data, { recursive: true }));

const apiKeys = `${hashed('app', APP_KEY)},${hashed('job', JOB_KEY)}`;
const start = (flags: object = {}) =>
  startApi({ settings: parseSettings({ apiKeys, data, ...flags }, {}) });

/** Asks with a key. */
const as = (api: TestApi, key: string) => async (query: string) => {
  const response = await api.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(key) },
    body: JSON.stringify({ query }),
  });
  return response.json();
};

const create = (...labels: readonly string[]) =>
  `mutation { createLabelSet(input: { name: "scenes", labels: ${JSON.stringify(labels)} }) { labelSet { id labels } } }`;
const DELETE =
  'mutation { deleteLabelSet(input: { name: "scenes" }) { labelSet { id } errors { code } } }';
const CLASSIFY =
  '{ classify(imageUrl: "/examples/march-pastoral.jpg", labelSet: "scenes") { label } }';
const LIST = '{ labelSets { labels } }';
const UNKNOWN = { errors: [{ extensions: { code: 'UNKNOWN_LABEL_SET' } }] };

test('callers see only the label sets of their own key, whatever they ask, and after a restart', async () => {
  const first = await start();
  const [app, job] = [as(first, APP_KEY), as(first, JOB_KEY)];
  const { id } = (await app(create('sheep', 'car'))).data.createLabelSet.labelSet;
  expect(await job(LIST)).toEqual({ data: { labelSets: [] } });
  expect(await job(`{ node(id: "${id}") { id } nodes(ids: ["${id}"]) { id } }`)).toEqual({
    data: { node: null, nodes: [null] },
  });
  expect(await job(CLASSIFY)).toMatchObject(UNKNOWN);
  expect(await job(DELETE)).toMatchObject({
    data: { deleteLabelSet: { labelSet: null, errors: [{ code: 'UNKNOWN_LABEL_SET' }] } },
  });
  // The same name is free for others.
  expect(await job(create('violin', 'mountain'))).toMatchObject({
    data: { createLabelSet: { labelSet: { labels: ['violin', 'mountain'] } } },
  });
  await first.close();

  const second = await start();
  const [appAgain, jobAgain] = [as(second, APP_KEY), as(second, JOB_KEY)];
  expect(await appAgain(LIST)).toEqual({ data: { labelSets: [{ labels: ['sheep', 'car'] }] } });
  expect(await jobAgain(LIST)).toEqual({
    data: { labelSets: [{ labels: ['violin', 'mountain'] }] },
  });
  expect(await appAgain(CLASSIFY)).toEqual({ data: { classify: { label: 'sheep' } } });
  await jobAgain(DELETE);
  expect(await appAgain(LIST)).toEqual({ data: { labelSets: [{ labels: ['sheep', 'car'] }] } });
  await appAgain(DELETE);
  const files = await readdir(join(data, 'label-sets'), { recursive: true });
  expect(files.filter((file) => file.includes('scenes'))).toEqual([]);
  await second.close();
});

test('servers with one database have each other’s label sets at once, computed by the first', async () => {
  const server = await testPostgres();
  const [first, second] = [await start({ store: server.url }), await start({ store: server.url })];
  const [app, appElsewhere] = [as(first, APP_KEY), as(second, APP_KEY)];
  await app(create('sheep', 'car'));
  const untouched = holdTextTower(second);
  expect(await appElsewhere(CLASSIFY)).toEqual({ data: { classify: { label: 'sheep' } } });
  expect(untouched.batches).toEqual([]);
  expect(await as(second, JOB_KEY)(LIST)).toEqual({ data: { labelSets: [] } });
  expect(await appElsewhere(create('violin'))).toMatchObject({
    data: { createLabelSet: { labelSet: null } },
  });
  await appElsewhere(DELETE);
  expect(await app(LIST)).toEqual({ data: { labelSets: [] } });
  expect(await app(CLASSIFY)).toMatchObject(UNKNOWN);
  for (const api of [first, second]) await api.close();
  await server.close();
});

test('with --shared-label-sets all keys have the same', async () => {
  const api = await start({ sharedLabelSets: 'on' });
  await as(api, APP_KEY)(create('sheep', 'car'));
  expect(await as(api, JOB_KEY)(LIST)).toEqual({
    data: { labelSets: [{ labels: ['sheep', 'car'] }] },
  });
  await api.close();
});

test('all keys together have at most 1,000 sets, and one that is deleted makes room', async () => {
  const keys = Array.from({ length: 11 }, (_, i) => `key-${i}-${'x'.repeat(40)}`);
  const apiKeys = keys.map((key, i) => hashed(`k${i}`, key)).join(',');
  const api = await startApi({ settings: parseSettings({ apiKeys }, {}) });
  const one = (i: number) =>
    `s${i}: createLabelSet(input: { name: "s${i}", labels: ["a"] }) { labelSet { name } errors { code message } }`;
  const hundred = `mutation { ${Array.from({ length: 100 }, (_, i) => one(i)).join('\n')} }`;
  for (const key of keys.slice(0, 10)) {
    const { data, errors } = await as(api, key)(hundred);
    expect(errors).toBeUndefined();
    expect(data.s99).toEqual({ labelSet: { name: 's99' }, errors: [] });
  }
  const last = as(api, keys[10]!);
  const message = 'expected at most 1,000 label sets of all callers, got one more';
  expect(await last(`mutation { ${one(0)} }`)).toEqual({
    data: { s0: { labelSet: null, errors: [{ code: 'TOO_MANY_LABEL_SETS', message }] } },
  });
  await as(api, keys[0]!)('mutation { deleteLabelSet(input: { name: "s7" }) { labelSet { id } } }');
  expect(await last(`mutation { ${one(0)} }`)).toEqual({
    data: { s0: { labelSet: { name: 's0' }, errors: [] } },
  });
  await api.close();
});

test('without a cache, equal texts that several callers ask at once are encoded for each', async () => {
  const api = await startApi({
    settings: parseSettings({ apiKeys }, {}),
    inference: { cacheBytes: 0 },
  });
  let encoded = 0;
  const { encodeTexts } = api.model.clip;
  api.model.clip.encodeTexts = (texts, ...rest) => {
    encoded += texts.length;
    return encodeTexts.call(api.model.clip, texts, ...rest);
  };
  const ask = '{ a: embedText(text: "sheep") { tokens } b: embedText(text: "sheep") { tokens } }';
  await Promise.all([as(api, APP_KEY)(ask), as(api, JOB_KEY)(ask)]);
  expect(encoded).toBe(2);
  await api.close();
});
