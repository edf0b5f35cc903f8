/** How a query may arrive beside the plain POST: by GET, by its hash, and together with others. */

import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../testing/api.ts';
import { APP_KEY, bearer, hashed, serversWith } from '../requests/testing/ask.ts';
import { CLASSIFY, times } from './testing/attack.ts';

let api: TestApi;
const start = serversWith();

beforeAll(async () => {
  api = await startApi();
});

afterAll(async () => {
  expect(api.logged).toEqual([]);
  await api.close();
});

const MODELS = '{ models { name } }';
const NANO = { data: { models: [{ name: 'nano' }] } };
const DELETE = 'mutation { deleteLabelSet(input: { name: "a" }) { labelSet { name } } }';

const get = (parameters: Record<string, string>, headers: Record<string, string> = {}, to = api) =>
  to.fetch(`/graphql?${new URLSearchParams(parameters)}`, { headers });

const post = async (body: unknown) => {
  const headers = { 'content-type': 'application/json' };
  return api.fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(body) });
};

/** Nothing is fetched or decoded for it. */
const NO_IMAGE = '{ image: { url: "data:," } } ';

const codesOf = (answer: { errors?: { extensions: { code: string } }[] }) =>
  answer.errors?.map(({ extensions }) => extensions.code) ?? [];

describe('by GET', () => {
  test('a query is answered as by POST, its variables and operation name too', async () => {
    const response = await get({
      query: `query A { __typename } query B($n: ID!) { node(id: $n) { __typename id } ...M } fragment M on Query ${MODELS}`,
      operationName: 'B',
      variables: JSON.stringify({ n: 'TW9kZWw6bmFubw==' }),
    });
    expect([response.status, response.headers.get('vary')]).toEqual([200, 'accept']);
    const node = { __typename: 'Model', id: 'TW9kZWw6bmFubw==' };
    expect(await response.json()).toEqual({ data: { node, ...NANO.data } });
  });

  test('HEAD has the same status and headers', async () => {
    const head = await api.fetch(`/graphql?query=${encodeURIComponent(MODELS)}`, {
      method: 'HEAD',
    });
    expect([head.status, head.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
  });

  test('a mutation is status 405, and nothing runs', async () => {
    for (const query of [DELETE, `query A ${MODELS} ${DELETE.replace('mutation', 'mutation B')}`]) {
      const response = await get({ query, operationName: query === DELETE ? '' : 'B' });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
      expect(codesOf(await response.json())).toEqual(['BAD_REQUEST']);
    }
  });

  test.each([
    ['no query', {}],
    ['variables that are no JSON', { query: MODELS, variables: '{"a"' }],
    ['variables that are a list', { query: MODELS, variables: '[]' }],
    ['extensions that are a text', { query: MODELS, extensions: '"a"' }],
  ])('%s is status 400', async (_what, parameters) => {
    const response = await get(parameters);
    expect([response.status, codesOf(await response.json())]).toEqual([400, ['BAD_REQUEST']]);
  });

  test.each([
    ['a frame', { 'sec-fetch-site': 'cross-site' }],
    ['a site beside this one', { 'sec-fetch-site': 'same-site' }],
    ['a script of an older browser', { origin: 'https://evil.example' }],
    ['an image on plain http', { referer: 'http://evil.example/' }],
  ])('%s of another site is refused', async (_what, headers) => {
    const response = await get({ query: `{ ${CLASSIFY} }` }, headers);
    expect([response.status, codesOf(await response.json())]).toEqual([
      403,
      ['CROSS_SITE_REQUEST'],
    ]);
  });

  test('a page of this server, a page that may ask, and a request after a preflight are answered', async () => {
    const open = await start({ corsOrigins: 'https://good.example' });
    const good = { 'sec-fetch-site': 'cross-site', origin: 'https://good.example' };
    for (const [to, headers] of [
      [api, { 'sec-fetch-site': 'same-origin' }],
      [api, { 'sec-fetch-site': 'none' }],
      [api, { 'sec-fetch-site': 'cross-site', 'apollo-require-preflight': 'true' }],
      [open, good],
    ] as const) {
      expect(await (await get({ query: MODELS }, headers, to)).json()).toEqual(NANO);
    }
    const answer = await get({ query: MODELS }, good, open);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://good.example');
  });

  test('a query needs a key where the server asks for keys, and GraphiQL does not', async () => {
    const closed = await start({ apiKeys: hashed('app', APP_KEY) });
    expect((await get({ query: MODELS }, {}, closed)).status).toBe(401);
    expect(
      (await get({ query: MODELS }, bearer(randomBytes(32).toString('hex')), closed)).status,
    ).toBe(401);
    expect(await (await get({ query: MODELS }, bearer(APP_KEY), closed)).json()).toEqual(NANO);
    expect((await get({ query: MODELS }, { accept: 'text/html' }, closed)).status).toBe(200);
  });
});

describe('by its hash', () => {
  const hashOf = (query: string) => createHash('sha256').update(query).digest('hex');
  const persisted = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

  test('a query is unknown, registered, and then found by POST and by GET', async () => {
    const query = '# by its hash\n{ models { name } }';
    const extensions = persisted(hashOf(query));
    const unknown = await post({ extensions });
    expect([unknown.status, codesOf(await unknown.json())]).toEqual([
      404,
      ['PERSISTED_QUERY_NOT_FOUND'],
    ]);
    expect(await (await post({ query, extensions })).json()).toEqual(NANO);
    expect(await (await post({ extensions })).json()).toEqual(NANO);
    expect(await (await get({ extensions: JSON.stringify(extensions) })).json()).toEqual(NANO);
  });

  test('an error by GET is not to be kept by caches', async () => {
    const unknown = await get({ extensions: JSON.stringify(persisted('00')) });
    expect([unknown.status, unknown.headers.get('cache-control')]).toEqual([404, 'no-store']);
  });

  test('a query under another one’s hash is refused, and changes nothing', async () => {
    const extensions = persisted(hashOf(MODELS));
    for (const query of [`{ ${CLASSIFY} }`, [MODELS]]) {
      const response = await post({ query, extensions });
      expect(response.status).toBe(400);
    }
    expect(await (await post({ query: MODELS, extensions })).json()).toEqual(NANO);
    expect(await (await post({ extensions })).json()).toEqual(NANO);
  });

  test('a mutation is refused by GET under its hash too', async () => {
    const extensions = persisted(hashOf(DELETE));
    await post({ query: DELETE, extensions });
    expect((await get({ extensions: JSON.stringify(extensions) })).status).toBe(405);
  });
});

describe('in a batch', () => {
  test('operations are answered in order, each with its own data or errors, with status 200', async () => {
    const response = await post([
      { query: '{ similarity(a: { text: "a" }, b: { text: "b" }) { cosine } }' },
      { query: '{ nothing }' },
      { query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: {} } },
      { query: MODELS },
    ]);
    expect(response.status).toBe(200);
    const answers = await response.json();
    expect(answers.map(codesOf)).toEqual([[], ['GRAPHQL_VALIDATION_FAILED'], ['BAD_INPUT'], []]);
    expect(answers[3]).toEqual(NANO);
    expect(JSON.stringify(answers)).not.toContain('"http"');
  });

  test('a long batch is sent in slices, as one answer', async () => {
    const query =
      'query ($i: [EmbeddingInput!]!) { embed(inputs: $i) { ... on Embedding { values } } }';
    const i = times(40, (n) => ({ text: `${n % 3}` }));
    const answers = await (await post(times(2, () => ({ query, variables: { i } })))).json();
    expect(answers.map(({ data }: { data: { embed: unknown[] } }) => data.embed.length)).toEqual([
      40, 40,
    ]);
    expect(answers[1]).toEqual(answers[0]);
  });

  test.each([
    [
      'images',
      times(3, () => `{ embed(inputs: [${NO_IMAGE.repeat(22)}]) { __typename } }`),
      'TOO_MANY_IMAGES',
    ],
    ['fields', times(3, () => `{ ${'models { name } '.repeat(300)} }`), 'QUERY_TOO_LARGE'],
    ['bytes', times(3, (i) => `# ${'x'.repeat(400_000)}${i}\n${MODELS}`), 'QUERY_TOO_LARGE'],
    [
      'aliases',
      times(3, () => `{ ${times(80, (i) => `a${i}: __typename`).join(' ')} }`),
      'QUERY_TOO_LARGE',
    ],
  ])('operations have as many %s as one may have', async (_what, queries, code) => {
    const answers = await (await post(queries.map((query) => ({ query })))).json();
    expect(answers.map(codesOf)).toEqual([[], [], [code]]);
  });

  test('prompts add up', async () => {
    const query = 'query ($i: [EmbeddingInput!]!) { embed(inputs: $i) { __typename } }';
    const variables = { i: times(3_600, () => ({ text: 'a' })) };
    const answers = await (await post(times(2, () => ({ query, variables })))).json();
    expect(answers.map(codesOf)).toEqual([[], ['TOO_MANY_PROMPTS']]);
  });

  test.each([
    ['11 operations', times(11, () => ({ query: MODELS })), 413],
    ['no operations', [], 400],
    ['null', [null], 400],
    ['a list within', [[{ query: MODELS }]], 400],
  ])('%s are refused', async (_what, body, status) => {
    const response = await post(body);
    expect([response.status, codesOf(await response.json())]).toEqual([status, ['BAD_REQUEST']]);
  });
});
