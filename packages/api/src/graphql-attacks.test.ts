/** What strangers send to keep a GraphQL server busy, to read its schema, or to use its users. */

import { gzipSync } from 'node:zlib';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, type Mock, test, vi } from 'vitest';
import { schema } from './schema/index.ts';
import { startApi, type TestApi } from './testing/api.ts';

const SHEEP = '/examples/march-pastoral.jpg';
const CLASSIFY = `classify(imageUrl: "${SHEEP}", labels: ["a", "b"]) { label }`;
const CLASSIFY_MANY = `query ($images: [ImageInput!]!, $labels: [String!]!, $templates: [String!]) {
  classifyMany(images: $images, labels: $labels, templates: $templates) { __typename }
}`;

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const nested = (levels: number, open: string, inner: string, close: string) =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

/** A request's body and headers; a POST of JSON unless it says otherwise. */
interface Attack {
  readonly what: string;
  readonly query?: string;
  readonly variables?: unknown;
  readonly body?: NonNullable<RequestInit['body']>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  /** The code that it is refused with. */
  readonly code: string;
  readonly status?: number;
}

const tooLarge = 'QUERY_TOO_LARGE';
const invalid = 'GRAPHQL_VALIDATION_FAILED';
const unparsed = 'GRAPHQL_PARSE_FAILED';

/** Against a server as it is by itself. */
const ATTACKS: readonly Attack[] = [
  // Depth
  {
    what: 'inline fragments within each other',
    query: `{ ${nested(40, '... { ', 'models { name }', ' }')} }`,
    code: tooLarge,
  },
  {
    what: 'inline fragments down to the end of the stack',
    query: `{ ${nested(9_000, '... { ', 'models { name }', ' }')} }`,
    code: unparsed,
  },
  {
    what: 'fields within fields that do not exist',
    query: `{ ${nested(40, 'a { ', 'b', ' }')} }`,
    code: tooLarge,
  },
  {
    what: 'a chain of 150 fragments',
    query: `{ ...F0 } ${times(150, (i) => `fragment F${i} on Query { ...F${i + 1} }`).join(' ')} fragment F150 on Query { models { name } }`,
    code: tooLarge,
  },
  {
    what: 'depth hidden in fragments',
    query: `{ ...A } fragment A on Query { ${nested(12, '... { ', '...B', ' }')} } fragment B on Query { ${nested(12, '... { ', 'models { name }', ' }')} }`,
    code: tooLarge,
  },
  {
    what: 'a fragment that spreads itself',
    query: '{ ...A } fragment A on Query { models { name } ...A }',
    code: invalid,
  },
  {
    what: 'fragments that spread each other',
    query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A models { name } }',
    code: invalid,
  },
  {
    what: 'the schema asked for in circles',
    query: `{ __schema { types { ${nested(5, 'fields { type { ', 'name', ' } }')} } } }`,
    code: invalid,
  },
  // Width
  {
    what: '1,000 aliases of a cheap field',
    query: `{ ${times(1_000, (i) => `a${i}: models { name }`).join(' ')} }`,
    code: tooLarge,
  },
  {
    what: '1,000 aliases of a classification',
    query: `{ ${times(1_000, (i) => `a${i}: ${CLASSIFY}`).join(' ')} }`,
    code: tooLarge,
  },
  {
    what: '65 aliases of an image',
    query: `{ ${times(65, (i) => `a${i}: embedImage(imageUrl: "${SHEEP}") { dimensions }`).join(' ')} }`,
    code: 'TOO_MANY_IMAGES',
  },
  {
    what: '65 images behind fragments',
    query: `{ ...A ... on Query { ...B } }
      fragment A on Query { ${times(33, (i) => `a${i}: embedImage(imageUrl: "${SHEEP}") { dimensions }`).join(' ')} }
      fragment B on Query { ${times(32, (i) => `b${i}: ${CLASSIFY}`).join(' ')} }`,
    code: 'TOO_MANY_IMAGES',
  },
  {
    what: 'aliases that double in every fragment',
    query: `{ ...F0 } ${times(30, (i) => `fragment F${i} on Query { a${i}: models { name } ...F${i + 1} ... { ...F${i + 1} } }`).join(' ')} fragment F30 on Query { z: models { name } }`,
    code: tooLarge,
  },
  {
    what: '10,000 times the same field',
    query: `{ ${'models { name } '.repeat(10_000)} }`,
    code: tooLarge,
  },
  {
    what: '20,000 fields that would have to be compared with each other',
    query: `{ models { ${'name '.repeat(20_000)} } }`,
    code: tooLarge,
  },
  {
    what: '1,000 directives on a field',
    query: `{ models ${'@include(if: true) '.repeat(1_000)} { name } }`,
    code: tooLarge,
  },
  {
    what: '1,000 operations in a document',
    body: JSON.stringify({
      query: times(1_000, (i) => `query Q${i} { models { name } }`).join(' '),
      operationName: 'Q0',
    }),
    code: tooLarge,
  },
  {
    what: '1,000 fragments that nothing uses',
    query: `{ models { name } } ${times(1_000, (i) => `fragment F${i} on Model { name }`).join(' ')}`,
    code: tooLarge,
  },
  {
    what: 'more comments than tokens',
    query: `{ ${'#\n'.repeat(50_001)} models { name } }`,
    code: unparsed,
  },
  { what: 'more tokens than allowed', query: `{ ${'a '.repeat(50_001)} }`, code: unparsed },
  {
    what: 'a list nested 60,000 times',
    query: `{ classify(labels: ${'['.repeat(60_000)}) }`,
    code: unparsed,
  },
  {
    what: 'a list nested 1,000 times',
    query: `{ classify(imageUrl: "${SHEEP}", labels: ${nested(1_000, '[', '"a"', ']')}) { label } }`,
    code: invalid,
  },
  // Cost, in variables
  {
    what: '65 images in a variable',
    query: CLASSIFY_MANY,
    variables: { images: times(65, () => ({ url: SHEEP })), labels: ['a'] },
    code: 'TOO_MANY_IMAGES',
  },
  {
    what: '40 images in a variable, used twice',
    query: `query ($images: [ImageInput!]!) {
      a: classifyMany(images: $images, labels: ["a"]) { __typename }
      b: classifyMany(images: $images, labels: ["b"]) { __typename }
    }`,
    variables: { images: times(40, () => ({ url: SHEEP })) },
    code: 'TOO_MANY_IMAGES',
  },
  {
    what: '65 images among what is to be embedded',
    query: 'query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { __typename } }',
    variables: { inputs: times(65, () => ({ image: { url: SHEEP } })) },
    code: 'TOO_MANY_IMAGES',
  },
  {
    what: '10,000 labels in a variable',
    query: CLASSIFY_MANY,
    variables: { images: [{ url: SHEEP }], labels: times(10_000, String) },
    code: 'TOO_MANY_LABELS',
  },
  {
    what: '1,000 labels in 1,000 templates',
    query: CLASSIFY_MANY,
    variables: {
      images: [{ url: SHEEP }],
      labels: times(1_000, String),
      templates: times(1_000, (i) => `{} ${i}`),
    },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: '8,000 prompts over several fields',
    query: `query (${times(8, (i) => `$l${i}: [String!]!`).join(' ')}) {
      ${times(8, (i) => `a${i}: classify(imageUrl: "${SHEEP}", labels: $l${i}) { label }`).join(' ')}
    }`,
    variables: Object.fromEntries(times(8, (i) => [`l${i}`, times(1_000, (j) => `${i}.${j}`)])),
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: '7,001 times the same text to embed',
    query: 'query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { __typename } }',
    variables: { inputs: times(7_001, () => ({ text: 'a' })) },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: 'a text 3,600 times under two aliases',
    query: `query ($inputs: [EmbeddingInput!]!) {
      a: embed(inputs: $inputs) { __typename }
      b: embed(inputs: $inputs) { __typename }
    }`,
    variables: { inputs: times(3_600, () => ({ text: 'a' })) },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: 'the same 7,000 prompts under two aliases',
    query: `query ($labels: [String!]!) {
      ${times(2, (i) => `a${i}: classify(imageUrl: "${SHEEP}", labels: $labels, preset: ENSEMBLE) { label }`).join(' ')}
    }`,
    variables: { labels: times(1_000, String) },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: '7,000 embeddings under 190 aliases of their values',
    query: `query ($inputs: [EmbeddingInput!]!) {
      embed(inputs: $inputs) { ... on Embedding { ${times(190, (i) => `a${i}: values`).join(' ')} } }
    }`,
    variables: { inputs: times(7_000, (i) => ({ text: `${i}` })) },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '7,000 embeddings under 190 aliases of their data',
    query: `query ($inputs: [EmbeddingInput!]!) {
      embed(inputs: $inputs, encoding: BASE64) {
        ... on Embedding { ${times(190, (i) => `a${i}: data`).join(' ')} }
      }
    }`,
    variables: { inputs: times(7_000, (i) => ({ text: `${i}` })) },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '64 × 1,000 scores under 190 aliases',
    query: `query ($images: [ImageInput!]!, $labels: [String!]!) {
      classifyMany(images: $images, labels: $labels) {
        ... on Classification { ${times(190, (i) => `a${i}: scores { label }`).join(' ')} }
      }
    }`,
    variables: { images: times(64, () => ({ url: SHEEP })), labels: times(1_000, String) },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: 'a label for rejected images of a million characters, 12,160 times',
    query: `query ($images: [ImageInput!]!, $reject: String!) {
      classifyMany(images: $images, labels: ["a"], rejectBelow: 1, rejectLabel: $reject) {
        ... on Classification { ${times(190, (i) => `a${i}: label`).join(' ')} }
      }
    }`,
    variables: { images: times(64, () => ({ url: SHEEP })), reject: 'x'.repeat(1_000_000) },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '7,001 texts to embed',
    query: 'query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { __typename } }',
    variables: { inputs: times(7_001, (i) => ({ text: `${i}` })) },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: 'two million characters of labels',
    query: CLASSIFY_MANY,
    variables: { images: [{ url: SHEEP }], labels: times(250, (i) => `${i}`.padEnd(8_000, 'x')) },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: 'an image given in two ways',
    query: CLASSIFY_MANY,
    variables: { images: [{ url: SHEEP, base64: 'aGVsbG8=' }], labels: ['a'] },
    code: 'BAD_INPUT',
  },
  {
    what: 'a label nested 2,000 times',
    query: CLASSIFY_MANY,
    body: JSON.stringify({ query: CLASSIFY_MANY, variables: { images: [{ url: SHEEP }] } }).replace(
      '}}',
      `,"labels":${nested(2_000, '[', '"a"', ']')}}}`,
    ),
    code: 'BAD_INPUT',
  },
  // Documents that are none
  {
    what: 'an operation that is not there',
    body: '{"query":"query A { models { name } }","operationName":"B"}',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    what: 'two operations and no word on which',
    query: 'query A { models { name } } query B { models { name } }',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  { what: 'a directive that is none', query: '{ models @defer @stream { name } }', code: invalid },
  {
    what: 'the hash of a query that was never sent',
    body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}',
    code: 'BAD_REQUEST',
  },
  { what: 'a subscription', query: 'subscription { models { name } }', code: 'BAD_INPUT' },
  // Several in one
  {
    what: 'a list of 2 operations',
    body: JSON.stringify(times(2, () => ({ query: `{ ${CLASSIFY} }` }))),
    code: 'BAD_REQUEST',
  },
  {
    what: 'a list of 1,000 operations',
    body: JSON.stringify(times(1_000, () => ({ query: `{ ${CLASSIFY} }` }))),
    code: 'BAD_REQUEST',
  },
  // Bodies
  {
    what: 'a body of 33 MiB',
    query: 'x'.repeat(33 * 1024 * 1024),
    code: 'REQUEST_TOO_LARGE',
    status: 413,
  },
  {
    what: 'a body that says it has 1 GB',
    query: `{ ${CLASSIFY} }`,
    headers: { 'content-length': '1000000000' },
    code: 'REQUEST_TOO_LARGE',
    status: 413,
  },
  {
    what: 'a body with a length that is no number',
    query: `{ ${CLASSIFY} }`,
    headers: { 'content-length': '12, 13' },
    code: 'BAD_REQUEST',
  },
  {
    what: 'a compressed body of zeros',
    body: gzipSync(Buffer.alloc(40 * 1024 * 1024)),
    headers: { 'content-encoding': 'gzip' },
    code: 'BAD_REQUEST',
  },
  { what: 'a body that is no JSON', body: '{"query": "{ models', code: 'BAD_REQUEST' },
  { what: 'null', body: 'null', code: 'BAD_REQUEST' },
  // What other sites can make a browser send
  {
    what: 'a link',
    method: 'GET',
    path: `/graphql?query=${encodeURIComponent(`{ ${CLASSIFY} }`)}`,
    code: 'BAD_REQUEST',
    status: 405,
  },
  {
    what: 'a plain form',
    body: new URLSearchParams({ query: `{ ${CLASSIFY} }` }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    code: 'BAD_REQUEST',
    status: 415,
  },
  {
    what: 'JSON that says it is text',
    query: `{ ${CLASSIFY} }`,
    headers: { 'content-type': 'text/plain' },
    code: 'BAD_REQUEST',
    status: 415,
  },
  {
    what: 'a query that is the whole body',
    body: `{ ${CLASSIFY} }`,
    headers: { 'content-type': 'application/graphql' },
    code: 'BAD_REQUEST',
    status: 415,
  },
  {
    what: 'a form with files from another site',
    body: multipart(`{ ${CLASSIFY} }`),
    headers: { 'content-type': 'multipart/form-data; boundary=x', 'sec-fetch-site': 'cross-site' },
    code: 'CROSS_SITE_REQUEST',
    status: 403,
  },
  {
    what: 'a form with files from an older browser on another site',
    body: multipart(`{ ${CLASSIFY} }`),
    headers: { 'content-type': 'multipart/form-data; boundary=x', origin: 'https://evil.example' },
    code: 'CROSS_SITE_REQUEST',
    status: 403,
  },
  {
    what: 'a form with files from a frame without an origin',
    body: multipart(`{ ${CLASSIFY} }`),
    headers: { 'content-type': 'multipart/form-data; boundary=x', origin: 'null' },
    code: 'CROSS_SITE_REQUEST',
    status: 403,
  },
  { what: 'a PUT', method: 'PUT', query: `{ ${CLASSIFY} }`, code: 'BAD_REQUEST', status: 405 },
  {
    what: 'a path that ends like GraphQL’s',
    path: '/x/graphql',
    query: `{ ${CLASSIFY} }`,
    code: 'BAD_REQUEST',
    status: 405,
  },
];

/** Against a server in production. */
const PRODUCTION_ATTACKS: readonly Attack[] = [
  { what: 'the schema', query: '{ __schema { types { name } } }', code: invalid },
  {
    what: 'the schema beside a query',
    query: `{ __schema { queryType { name } } ${CLASSIFY} }`,
    code: invalid,
  },
  { what: 'a type', query: '{ __type(name: "Query") { fields { name } } }', code: invalid },
  { what: 'a guess at a field', query: '{ clasify { label } }', code: invalid },
  {
    what: 'a guess at an argument',
    query: `{ classify(imageUlr: "a", labels: ["a"]) { label } }`,
    code: invalid,
  },
];

function multipart(query: string): string {
  const part = (name: string, value: string) =>
    `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  return `${part('operations', JSON.stringify({ query }))}${part('map', '{}')}--x--\r\n`;
}

let api: TestApi;
let production: TestApi;
const resolvers: Mock[] = [];

beforeAll(async () => {
  api = await startApi();
  production = await startApi({ settings: { introspection: false, graphiql: false } });
  const roots = [schema.getQueryType(), schema.getMutationType()].filter(
    (type): type is GraphQLObjectType => type != null,
  );
  for (const root of roots) {
    for (const field of Object.values(root.getFields())) {
      resolvers.push(vi.spyOn(field, 'resolve' as never) as unknown as Mock);
    }
  }
});

afterAll(async () => {
  vi.restoreAllMocks();
  expect(api.logged).toEqual([]);
  await api.close();
  await production.close();
});

beforeEach(() => {
  for (const resolver of resolvers) resolver.mockClear();
});

const calls = () => resolvers.reduce((sum, { mock }) => sum + mock.calls.length, 0);

async function send(to: TestApi, { query, variables, body, headers, method, path }: Attack) {
  const sent = body ?? JSON.stringify({ query, variables });
  const init: RequestInit = {
    method: method ?? 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  };
  return to.fetch(path ?? '/graphql', method === 'GET' ? init : { ...init, body: sent });
}

async function expectRefused(to: TestApi, attack: Attack): Promise<string> {
  const response = await send(to, attack);
  const text = await response.text();
  const answer = JSON.parse(text);
  expect(answer.errors?.[0]?.extensions?.code, text.slice(0, 300)).toBe(attack.code);
  expect(answer.data ?? null).toBeNull();
  expect(response.status).toBe(attack.status ?? 400);
  expect(text).not.toMatch(/\bat .*:\d+:\d+|node_modules/);
  expect(calls()).toBe(0);
  return text;
}

test('a query that is meant well runs a resolver, so that the count is known to count', async () => {
  const { data, errors } = await api.query(`{ ${CLASSIFY} models { name } }`);
  expect(errors).toEqual([]);
  expect(data.models).toEqual([{ name: 'nano' }]);
  expect(calls()).toBe(2);
});

test('there are at least 40 attacks', () => {
  const all = [...ATTACKS, ...PRODUCTION_ATTACKS];
  expect(new Set(all.map(({ what }) => what)).size).toBeGreaterThanOrEqual(40);
});

test.each(ATTACKS)('$what: no resolver runs', async (attack) => {
  await expectRefused(api, attack);
});

describe('in production', () => {
  test.each(PRODUCTION_ATTACKS)('$what: no resolver runs, no name is told', async (attack) => {
    expect(await expectRefused(production, attack)).not.toMatch(
      /classifyMany|imageUrl|Did you mean/,
    );
  });

  test('there is no GraphiQL', async () => {
    const response = await production.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect(response.status).toBe(405);
  });

  test('queries are answered', async () => {
    const { data } = await production.query('{ models { name } }');
    expect(data).toEqual({ models: [{ name: 'nano' }] });
  });
});

test('the whole schema can be asked for outside production, within the limits', async () => {
  const { getIntrospectionQuery, buildClientSchema, printSchema } = await import('graphql');
  const { data, errors } = await api.query(getIntrospectionQuery({ oneOf: true }));
  expect(errors).toEqual([]);
  expect(printSchema(buildClientSchema(data))).toBe(printSchema(buildSchema(printSchema(schema))));
});

test('no site may read an answer unless it is on the list', async () => {
  const open = await startApi({ settings: { corsOrigins: ['https://good.example'] } });
  const allowed = async (to: TestApi, origin: string) => {
    const preflight = await to.fetch('/graphql', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    return preflight.headers.get('access-control-allow-origin');
  };
  expect(await allowed(api, 'https://good.example')).toBeNull();
  expect(await allowed(open, 'https://good.example')).toBe('https://good.example');
  expect(await allowed(open, 'https://evil.example')).not.toBe('https://evil.example');
  await open.close();
});
