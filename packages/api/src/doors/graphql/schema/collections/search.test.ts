import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXAMPLES } from '../../../../images/examples.ts';
import { exampleBytes, startApi, type TestApi } from '../../../../testing/api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ settings: { folders: [FOLDER] } });
  api.store.runner.start();
  // Of a store that nobody has written to yet.
  expect((await api.query('{ collections { name } jobs { state } }')).data).toEqual({
    collections: [],
    jobs: [],
  });
  await api.query('mutation { createCollection(input: { name: "photos" }) { errors { code } } }');
  const items = EXAMPLES.map(({ file, year }) => ({
    key: file,
    url: file,
    metadata: { year: Number.parseInt(String(year).replace(/\D*/, ''), 10) },
  }));
  await index(items, false);
  await index([{ ...items[0]!, key: 'copy.jpg' }], true);
});

async function index(items: readonly object[], thumbnails: boolean): Promise<void> {
  const { data } = await api.query(
    'mutation ($items: [IndexItem!]!, $folder: String, $thumbnails: Boolean) { startIndex(input: { collection: "photos", folder: $folder, items: $items, thumbnails: $thumbnails }) { job { id } errors { message } } }',
    { folder: FOLDER, items, thumbnails },
  );
  expect(data.startIndex.errors).toEqual([]);
  const { id } = data.startIndex.job;
  for (let state = ''; state !== 'DONE'; ) {
    const { data } = await api.query('query ($id: ID!) { job(id: $id) { state failed } }', { id });
    expect(data.job.failed).toBe(0);
    state = data.job.state;
    expect(['QUEUED', 'RUNNING', 'DONE']).toContain(state);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

afterAll(() => api.close());

const FOLDER = fileURLToPath(new URL('../../../../../examples', import.meta.url));
const FIRST = EXAMPLES[0]!.file;

interface Edge {
  readonly node: { readonly key: string };
  readonly cosine: number;
  readonly relevance: number;
  readonly cursor: string;
  readonly shares: readonly number[];
}

const search = async (input: string, args = '', variables?: object) => {
  const { data, errors } = await api.query(
    `query ${variables ? '($image: ImageInput!)' : ''} { search(input: { collection: "photos", ${input} } ${args}) {
      total exact cut histogram { counts } warnings pageInfo { hasNextPage endCursor }
      edges { cursor cosine relevance shares node { key } } } }`,
    variables,
  );
  return { found: data?.search, errors, edges: (data?.search?.edges ?? []) as readonly Edge[] };
};

const keysOf = (edges: readonly Edge[]) => edges.map(({ node }) => node.key);

test('an image finds itself first, and its copy', async () => {
  const image = { base64: (await exampleBytes(FIRST)).toString('base64') };
  const { edges, errors } = await search(
    'terms: [{ image: $image }], relevance: { all: true }',
    ', first: 3',
    { image },
  );
  expect(errors).toEqual([]);
  expect(keysOf(edges).slice(0, 2).sort()).toEqual([FIRST, 'copy.jpg'].sort());
  expect(edges[0]!.cosine).toBeCloseTo(1, 2);
  expect(edges[0]!.relevance).toBeGreaterThan(edges[2]!.relevance);
});

test('pages follow each other, filters come before, and a cursor is of its query alone', async () => {
  const all = await search('terms: [{ text: "a boat" }], relevance: { all: true }', ', first: 100');
  expect(all.found.total).toBe(EXAMPLES.length + 1);
  expect(all.found.histogram.counts.reduce((sum: number, n: number) => sum + n, 0)).toBe(
    EXAMPLES.length + 1,
  );
  const one = await search('terms: [{ text: "a boat" }], relevance: { all: true }', ', first: 3');
  const next = await search(
    'terms: [{ text: "a boat" }], relevance: { all: true }',
    `, first: 100, after: "${one.found.pageInfo.endCursor}"`,
  );
  expect([...keysOf(one.edges), ...keysOf(next.edges)]).toEqual(keysOf(all.edges));
  const other = await search(
    'terms: [{ text: "a house" }], relevance: { all: true }',
    `, after: "${one.found.pageInfo.endCursor}"`,
  );
  expect(other.errors.map((error) => error.extensions.code)).toEqual(['BAD_CURSOR']);
  const filtered = await search(
    'terms: [{ text: "a boat" }], relevance: { all: true }, where: { field: "year", lt: 1000 }',
  );
  expect(filtered.found).toMatchObject({ total: 0, histogram: null, edges: [] });
});

test.each([
  ['a text', '{ text: "a boat" }'],
  ['an item', `{ item: "${FIRST}" }`],
])(
  'the histogram of %s says which relevance draws the line at each of its parts',
  async (_what, term) => {
    const ask = async (relevance: string) => {
      const { data } = await api.query(
        `{ search(input: { collection: "photos", terms: [${term}], relevance: { ${relevance} } }) {
        total cut histogram { from to counts relevances } edges { score relevance } } }`,
      );
      return data.search;
    };
    const { histogram, edges } = await ask('all: true');
    const { from, to, counts, relevances } = histogram;
    expect(relevances).toHaveLength(counts.length);
    expect(relevances).toEqual(relevances.toSorted((a: number, b: number) => a - b));
    expect(relevances[0]).toBeCloseTo(edges.at(-1).relevance, 5);
    for (const i of [5, 20, 60]) {
      const { total, cut } = await ask(`atLeast: ${relevances[i]}`);
      expect(cut).toBeCloseTo(from + (i * (to - from)) / counts.length, 6);
      expect(total).toBe(counts.slice(i).reduce((sum: number, n: number) => sum + n, 0));
    }
  },
);

test('a search that compares all items whatever index there is counts as 4 searches', async () => {
  const ask = (count: number) => {
    const input = `{ collection: "photos", terms: [{ item: "${FIRST}" }], exact: true }`;
    const fields = Array.from(
      { length: count },
      (_, i) => `s${i}: search(input: ${input}) { exact }`,
    );
    return api.query(`{ ${fields.join(' ')} }`);
  };
  const { data, errors } = await ask(4);
  expect([errors, data.s3]).toEqual([[], { exact: true }]);
  const refused = (await ask(5)).errors;
  expect(refused).toMatchObject([{ extensions: { code: 'TOO_MANY_SCANS' } }]);
  expect(refused[0]!.message).toMatch(/`exact` counts for 4, .*, got 20$/);
  const like = (count: number) => {
    const fields = Array.from(
      { length: count },
      (_, i) => `m${i}: moreLike(exact: true) { exact }`,
    );
    return api.query(
      `{ collection(name: "photos") { items(first: 1) { edges { node { ${fields.join(' ')} } } } } }`,
    );
  };
  const found = await like(4);
  expect([found.errors, found.data.collection.items.edges[0].node.m3]).toEqual([
    [],
    { exact: true },
  ]);
  expect((await like(5)).errors).toMatchObject([{ extensions: { code: 'TOO_MANY_SCANS' } }]);
});

test('several terms have shares, and hits can be ordered by metadata', async () => {
  const { edges, errors } = await search(
    `terms: [{ item: "${FIRST}" }, { text: "people", weight: -0.5 }], relevance: { all: true }, orderBy: { by: KEY }`,
  );
  expect(errors).toEqual([]);
  expect(keysOf(edges)).toEqual(keysOf(edges).toSorted());
  for (const { shares } of edges) {
    expect(shares).toHaveLength(2);
    expect(shares.reduce((sum, share) => sum + Math.abs(share), 0)).toBeCloseTo(1, 5);
  }
});

test('images are kept at once by URL, in base64 or uploaded; one that fails leaves the others', async () => {
  const base64 = (await exampleBytes(FIRST)).toString('base64');
  const { data } = await api.query(
    `mutation ($base64: String) { upsertItems(input: { collection: "photos", items: [
      { key: "new", image: { base64: $base64 }, metadata: { year: 2026 } },
      { key: "by-path", image: { url: "/examples/${FIRST}" } },
      { key: "bad", image: { url: "data:image/png;base64,AAAA" } }
    ] }) { items { key source metadata contentHash } failures { index code } errors { code } } }`,
    { base64 },
  );
  const { items, failures, errors } = data.upsertItems;
  expect(errors).toEqual([]);
  expect(failures).toEqual([{ index: 2, code: 'IMAGE_UNSUPPORTED' }]);
  expect(items).toMatchObject([
    { key: 'new', source: 'upload', metadata: { year: 2026 } },
    { key: 'by-path', source: `/examples/${FIRST}`, metadata: {} },
  ]);
  expect(items[0].contentHash).toBe(items[1].contentHash);
  const found = await search('terms: [{ item: "new" }], relevance: { all: true }', ', first: 4');
  expect(keysOf(found.edges)).toEqual(
    expect.arrayContaining(['new', 'by-path', 'copy.jpg', FIRST]),
  );
  await api.query(
    'mutation { deleteItems(input: { collection: "photos", keys: ["new", "by-path"] }) { deleted } }',
  );
});

test('an item that cannot be kept fails alone, whether its key, its value or its field’s type is wrong', async () => {
  const base64 = (await exampleBytes(FIRST)).toString('base64');
  const image = { base64 };
  const items = [
    { key: 'good', image, metadata: { year: 2026 } },
    { key: '', image },
    { key: 'long', image, metadata: { note: 'x'.repeat(9_000) } },
    { key: 'typed', image, metadata: { year: ['2026'] } },
    { key: 'also-good', image, metadata: { year: 2027 } },
  ];
  const { data } = await api.query(
    `mutation ($items: [UpsertItem!]!) { upsertItems(input: { collection: "photos", items: $items }) {
      items { key } failures { index code } errors { code } } }`,
    { items },
  );
  expect(data.upsertItems).toEqual({
    items: [{ key: 'good' }, { key: 'also-good' }],
    failures: [
      { index: 1, code: 'BAD_INPUT' },
      { index: 2, code: 'BAD_METADATA' },
      { index: 3, code: 'BAD_METADATA' },
    ],
    errors: [],
  });
  await api.query(
    'mutation { deleteItems(input: { collection: "photos", keys: ["good", "also-good"] }) { deleted } }',
  );
});

test('more like an item leaves it out, duplicates are grouped, thumbnails are served', async () => {
  const { data, errors } = await api.query(`{
    collection(name: "photos") { items(first: 1) { edges { node { key thumbnailUrl moreLike(first: 2) { edges { node { key } } } } } } }
    duplicates(collection: "photos", level: SAME_BYTES) { total groups { representative { key } members { item { key } cosine } } }
  }`);
  expect(errors).toEqual([]);
  const { node } = data.collection.items.edges[0];
  expect(node.moreLike.edges).toHaveLength(2);
  expect(keysOf(node.moreLike.edges)).not.toContain(node.key);
  expect(data.duplicates.total).toBe(1);
  const [group] = data.duplicates.groups;
  expect([group.representative.key, group.members[0].item.key].sort()).toEqual(
    [FIRST, 'copy.jpg'].sort(),
  );
  expect(node.thumbnailUrl).toBeNull();
  const { data: made } = await api.query(
    'query ($id: ID!) { node(id: $id) { ... on Item { thumbnailUrl } } }',
    { id: btoa('Item:photos/copy.jpg') },
  );
  const thumbnail = await api.fetch(made.node.thumbnailUrl);
  expect([thumbnail.status, thumbnail.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  const etag = thumbnail.headers.get('etag')!;
  const again = await api.fetch(made.node.thumbnailUrl, { headers: { 'if-none-match': etag } });
  expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
  const changed = { headers: { 'if-none-match': '"another"' } };
  expect((await api.fetch(made.node.thumbnailUrl, changed)).status).toBe(200);
  expect((await api.fetch('/thumbnails/photos/none')).status).toBe(404);
  expect((await api.fetch('/thumbnails/nowhere/none')).status).toBe(404);
  const keyless = await (await api.fetch('/thumbnails/photos')).json();
  expect(keyless.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
});

test.each([
  ['no terms', 'terms: []', 'BAD_INPUT'],
  ['an empty term', 'terms: [{}]', 'BAD_INPUT'],
  ['two in one term', 'terms: [{ text: "a", item: "b" }]', 'BAD_INPUT'],
  ['a kind of no embedding', 'terms: [{ text: "a", embeddingOf: TEXT }]', 'BAD_INPUT'],
  ['an unknown item', 'terms: [{ item: "none" }]', 'UNKNOWN_ITEM'],
  ['an embedding of another length', 'terms: [{ embedding: [1, 2] }]', 'BAD_INPUT'],
  ['33 terms', `terms: [${'{ text: "a" } '.repeat(33)}]`, 'TOO_MANY_TERMS'],
  ['2,000 terms', `terms: [${'{ text: "a" } '.repeat(2_000)}]`, 'TOO_MANY_TERMS'],
  ['a relevance of 2', 'terms: [{ text: "a" }], relevance: { atLeast: 2 }', 'BAD_INPUT'],
  ['an unknown field', 'terms: [{ text: "a" }], where: { field: "none", eq: 1 }', 'BAD_FILTER'],
])('%s is refused', async (_what, input, code) => {
  const { errors } = await search(input);
  expect(errors.map((error) => error.extensions.code)).toEqual([code]);
});
