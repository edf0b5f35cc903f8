/** What strangers send to keep a GraphQL server busy, to read its schema, or to use its users. */

import { buildSchema, defaultFieldResolver, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../testing/api.ts';
import { schema } from './schema/index.ts';

import { ANSWER_ATTACKS } from './testing/answer-attacks.ts';
import { type Attack, CLASSIFY } from './testing/attack.ts';
import { QUERY_ATTACKS } from './testing/query-attacks.ts';
import { PRODUCTION_ATTACKS, REQUEST_ATTACKS } from './testing/request-attacks.ts';

/** Against a server as it is by itself. */
const ATTACKS = [...QUERY_ATTACKS, ...ANSWER_ATTACKS, ...REQUEST_ATTACKS];

let api: TestApi;
let production: TestApi;
let calls = 0;
const undo: (() => void)[] = [];

beforeAll(async () => {
  api = await startApi();
  production = await startApi({ settings: { introspection: false, graphiql: false } });
  const roots = [schema.getQueryType(), schema.getMutationType()].filter(
    (type): type is GraphQLObjectType => type != null,
  );
  for (const root of roots) {
    for (const field of Object.values(root.getFields())) {
      const { resolve = defaultFieldResolver } = field;
      field.resolve = (...args) => {
        calls += 1;
        return resolve(...args);
      };
      undo.push(() => {
        field.resolve = resolve;
      });
    }
  }
});

afterAll(async () => {
  for (const one of undo) one();
  expect(api.logged).toEqual([]);
  await api.close();
  await production.close();
});

beforeEach(() => {
  calls = 0;
});

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
  expect(calls).toBe(0);
  return text;
}

test('a query that is meant well runs a resolver, so that the count is known to count', async () => {
  const { data, errors } = await api.query(`{ ${CLASSIFY} models { name } }`);
  expect(errors).toEqual([]);
  expect(data.models).toEqual([{ name: 'nano' }]);
  expect(calls).toBe(2);
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
    expect(response.status).toBe(406);
  });

  test('queries are answered', async () => {
    const { data } = await production.query('{ models { name } }');
    expect(data).toEqual({ models: [{ name: 'nano' }] });
  });
});

test('the whole schema can be asked for outside production, within the limits', async () => {
  const { getIntrospectionQuery, buildClientSchema, printSchema } = await import('graphql');
  const { data, errors } = await api.query(
    getIntrospectionQuery({ oneOf: true, schemaDescription: true, specifiedByUrl: true }),
  );
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
  const preflight = { origin: 'https://good.example', 'access-control-request-method': 'POST' };
  const refused = await api.fetch('/graphql', { method: 'OPTIONS', headers: preflight });
  expect([refused.status, await refused.text()]).toEqual([
    403,
    expect.stringContaining('--cors-origins'),
  ]);
  expect(await allowed(api, 'https://good.example')).toBeNull();
  expect(await allowed(open, 'https://good.example')).toBe('https://good.example');
  expect(await allowed(open, 'https://evil.example')).not.toBe('https://evil.example');
  await open.close();
});
