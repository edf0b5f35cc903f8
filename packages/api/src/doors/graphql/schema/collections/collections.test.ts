import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ApiError } from '../../../../errors/api-error.ts';
import { dataUrl, startApi, type TestApi } from '../../../../testing/api.ts';
import { picture } from '../../../../testing/pictures.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
  api.store.runner.start();
});

afterAll(() => api.close());

const png = (number: number) => dataUrl(picture(number), 'image/png');

async function create(name: string) {
  const { data } = await api.query(
    'mutation ($name: String!) { createCollection(input: { name: $name }) { collection { name model itemCount } errors { code } } }',
    { name },
  );
  return data.createCollection;
}

/** The states of a job, to its end. */
async function statesOf(id: string): Promise<readonly { state: string; done: number }[]> {
  const response = await api.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query: 'subscription ($id: ID!) { job(id: $id) { state done failed unchanged total } }',
      variables: { id },
    }),
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const text = await response.text();
  expect(text).toMatch(/event: complete/);
  return [...text.matchAll(/^data: (.+)$/gm)].map(([, json]) => JSON.parse(json!).data.job);
}

test('a collection is created, indexed by a job that a subscription follows, browsed and filtered', async () => {
  expect(await create('photos')).toEqual({
    collection: { name: 'photos', model: 'nano', itemCount: 0 },
    errors: [],
  });
  const items = [1, 2, 3, 4].map((n) => ({
    url: n === 4 ? '/examples/allium-oreophilum.jpg' : png(n),
    key: `p${n}`,
    metadata: { year: 2018 + n, tags: ['small', n % 2 ? 'odd' : 'even'] },
  }));
  const { data } = await api.query(
    'mutation ($items: [IndexItem!]!) { startIndex(input: { collection: "photos", items: $items }) { job { id state } errors { message } } }',
    { items: [...items, { url: 'data:image/png;base64,AAAA', key: 'bad' }] },
  );
  expect(data.startIndex.errors).toEqual([]);
  const states = await statesOf(data.startIndex.job.id);
  expect(states.at(-1)).toEqual({ state: 'DONE', done: 4, failed: 1, unchanged: 0, total: 5 });

  const page = await api.query(`{
    collection(name: "photos") {
      itemCount
      fields { name type }
      items(where: { field: "year", gte: 2020 }, orderBy: { field: "year", descending: true }, first: 2) {
        edges { node { key metadata image { width } } }
        pageInfo { hasNextPage endCursor }
      }
    }
    jobs { failed failures { nodes { key error { code } } next } }
  }`);
  expect(page.errors).toEqual([]);
  expect(page.data.collection.itemCount).toBe(4);
  expect(page.data.collection.fields).toEqual([
    { name: 'year', type: 'NUMBER' },
    { name: 'tags', type: 'TEXTS' },
  ]);
  expect(page.data.collection.items.edges.map((edge: { node: object }) => edge.node)).toEqual([
    { key: 'p4', metadata: items[3]!.metadata, image: { width: 807 } },
    { key: 'p3', metadata: items[2]!.metadata, image: { width: 16 } },
  ]);
  expect(page.data.collection.items.pageInfo.hasNextPage).toBe(true);
  expect(page.data.jobs).toEqual([
    {
      failed: 1,
      failures: { nodes: [{ key: 'bad', error: { code: 'IMAGE_UNSUPPORTED' } }], next: null },
    },
  ]);
});

test.each(['abc', '-1', '1e3', '9'.repeat(40)])(
  'failures after %s, which is no cursor, are refused',
  async (after) => {
    const { errors } = await api.query(
      'query ($after: String) { jobs { failures(after: $after) { next } } }',
      {
        after,
      },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_CURSOR' } }]);
  },
);

test('items have ids, and are changed and deleted by key', async () => {
  const { data } = await api.query(
    '{ collection(name: "photos") { items(first: 1) { edges { node { id } } } } }',
  );
  const { id } = data.collection.items.edges[0].node;
  const change = await api.query(`mutation {
    setMetadata(input: { collection: "photos", items: [{ key: "p1", metadata: { year: 1999 } }, { key: "none", metadata: {} }] }) { changed errors { code } }
    deleteItems(input: { collection: "photos", keys: ["p2", "none"] }) { deleted errors { code } }
  }`);
  expect(change.data).toEqual({
    setMetadata: { changed: 1, errors: [] },
    deleteItems: { deleted: 1, errors: [] },
  });
  const node = await api.query(
    'query ($id: ID!) { node(id: $id) { ... on Item { key metadata } } }',
    {
      id,
    },
  );
  expect(node.data.node).toEqual({ key: 'p1', metadata: { year: 1999 } });
});

test.each([
  ['createCollection(input: { name: "photos" })', 'COLLECTION_EXISTS'],
  ['createCollection(input: { name: "No such/name" })', 'BAD_INPUT'],
  ['deleteCollection(input: { name: "nowhere" })', 'UNKNOWN_COLLECTION'],
  ['deleteItems(input: { collection: "nowhere", keys: ["a"] })', 'UNKNOWN_COLLECTION'],
  ['startIndex(input: { collection: "photos" })', 'BAD_INPUT'],
  ['startIndex(input: { collection: "photos", folder: "/etc" })', 'FOLDER_NOT_ALLOWED'],
  ['startIndex(input: { collection: "photos", folder: "/nowhere" })', 'FOLDER_NOT_ALLOWED'],
  ['startReembed(input: { collection: "photos", model: "nano" })', 'BAD_INPUT'],
  ['startReembed(input: { collection: "photos", model: "other" })', 'UNKNOWN_MODEL'],
  ['startDelete(input: { collection: "photos", where: {} })', 'BAD_FILTER'],
  ['startDelete(input: { collection: "photos", where: { field: "none", eq: 1 } })', 'BAD_FILTER'],
  ['pauseJob(input: { id: "x" })', 'BAD_INPUT'],
])('mutation %s has the error %s in its payload', async (mutation, code) => {
  const { data, errors } = await api.query(
    `mutation { done: ${mutation} { errors { code message } } }`,
  );
  expect(errors).toEqual([]);
  expect(data.done.errors.map((error: { code: string }) => error.code)).toEqual([code]);
});

test.each([
  [
    '{ collection(name: "photos") { items(where: { field: "years", eq: 1 }) { pageInfo { hasNextPage } } } }',
    'BAD_FILTER',
  ],
  [
    '{ collection(name: "photos") { items(where: { field: "year", eq: "x" }) { pageInfo { hasNextPage } } } }',
    'BAD_FILTER',
  ],
  [
    '{ collection(name: "photos") { items(where: { eq: 1 }) { pageInfo { hasNextPage } } } }',
    'BAD_FILTER',
  ],
  [
    '{ collection(name: "photos") { items(after: "x") { pageInfo { hasNextPage } } } }',
    'BAD_CURSOR',
  ],
  ['{ collection(name: "photos") { items(first: 0) { pageInfo { hasNextPage } } } }', 'BAD_INPUT'],
  ['{ collection(name: "nowhere") { name } }', 'UNKNOWN_COLLECTION'],
  ['{ job(id: "eA==") { state } }', 'BAD_INPUT'],
  ['subscription { job(id: "Sm9iOng=") { state } }', 'UNKNOWN_JOB'],
])('%s is refused with %s', async (query, code) => {
  const { errors } = await api.query(query);
  expect(errors.map((error) => error.extensions.code)).toEqual([code]);
});

test('metadata that no field can hold is refused by the name of its field', async () => {
  const { errors } = await api.query(
    'mutation ($m: Metadata!) { setMetadata(input: { collection: "photos", items: [{ key: "p1", metadata: $m }] }) { changed } }',
    { m: { year: 2020, place: { city: 'Oslo' } } },
  );
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT' } }]);
  expect(errors[0]!.message).toContain('a list of texts as field "place", got {"city":"Oslo"}');
});

test('more than 16 searches and pages in one operation are refused before any runs', async () => {
  const items = 'items(where: { field: "year", exists: true }) { pageInfo { hasNextPage } }';
  const fields = Array.from({ length: 17 }, (_, i) => `c${i}: ${items}`);
  const { errors } = await api.query(`{ collection(name: "photos") { ${fields.join(' ')} } }`);
  expect(errors.map((error) => error.extensions.code)).toEqual(['TOO_MANY_SCANS']);
});

test('pages of all collections, in the order of keys or of time, are no searches', async () => {
  const ask = (args: string) =>
    api.query(`{ collections { name items${args} { edges { node { key } } } } }`);
  for (const args of ['', '(first: 3, orderBy: { by: INDEXED_AT, descending: true })']) {
    const { data, errors } = await ask(args);
    expect(errors).toEqual([]);
    const [{ name, items }] = data.collections;
    expect(name).toBe('photos');
    expect(items.edges).toHaveLength(3);
  }
  const { errors } = await ask('(orderBy: { field: "year" })');
  expect(errors.map((error) => error.extensions.code)).toEqual(['TOO_MANY_SCANS']);
});

test('callers with keys see collections and jobs of their own, unless all share them', async () => {
  const key = 'k'.repeat(32);
  const hash = createHash('sha256').update(key).digest('hex');
  const other = await startApi({ settings: { apiKeys: [`ada:${hash}`, `bob:${BOBS}`] } });
  const ask = async (query: string, authorization: string) => {
    const response = await other.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as { data: { collections: object[] } };
  };
  try {
    await ask(
      'mutation { createCollection(input: { name: "mine" }) { errors { code } } }',
      `Bearer ${key}`,
    );
    const list = '{ collections { name } jobs { state } }';
    expect((await ask(list, `Bearer ${key}`)).data).toEqual({
      collections: [{ name: 'mine' }],
      jobs: [],
    });
    expect((await ask(list, `Bearer ${BOB}`)).data).toEqual({ collections: [], jobs: [] });
  } finally {
    await other.close();
  }
});

const BOB = 'b'.repeat(32);
const BOBS = createHash('sha256').update(BOB).digest('hex');

test.each([
  [
    'STORE_DAMAGED',
    new ApiError('STORE_DAMAGED', 'expected a sound one (db.internal:5432/clipql)'),
  ],
  ['INTERNAL', new Error('no such column (db.internal:5432/clipql)')],
])('a job that fails with %s tells clients nothing of the database', async (code, failure) => {
  const removing = vi.spyOn(api.store.collections, 'remove').mockRejectedValue(failure);
  const { data } = await api.query(
    'mutation { startDelete(input: { collection: "photos", where: { field: "year", gte: 0 } }) { job { id } } }',
  );
  const { id } = data.startDelete.job;
  expect((await statesOf(id)).at(-1)).toMatchObject({ state: 'FAILED' });
  removing.mockRestore();
  const query = 'query ($id: ID!) { job(id: $id) { error { code message } } }';
  const { error } = (await api.query(query, { id })).data.job;
  expect(error).toEqual({ code, message: expect.stringMatching(/^[^:]+; the log says why$/) });
  expect(api.logged).toContain(failure);
});

test('a job waits while the disk is full, and the log says so', async () => {
  const failure = new ApiError('STORE_FULL', 'expected room, got none');
  const removing = vi.spyOn(api.store.collections, 'remove').mockRejectedValue(failure);
  const { data } = await api.query(
    'mutation { startDelete(input: { collection: "photos", where: { field: "year", gte: 0 } }) { job { id } } }',
  );
  const { id } = data.startDelete.job;
  await expect.poll(() => api.logged).toContain(failure);
  const stateOf = async () => {
    const query = 'query ($id: ID!) { job(id: $id) { state } }';
    return (await api.query(query, { id })).data.job.state;
  };
  await expect.poll(stateOf).toBe('QUEUED');
  await api.query('mutation ($id: ID!) { cancelJob(input: { id: $id }) { job { state } } }', {
    id,
  });
  expect(await stateOf()).toBe('CANCELLED');
  removing.mockRestore();
});
