import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { EXAMPLES, FIRST_EXAMPLE } from '../images/examples.ts';
import { parseSettings } from '../settings/settings.ts';
import { exampleBytes, startApi, type TestApi } from '../testing/api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

afterEach(() => vi.restoreAllMocks());

const post = (body: string, headers: Record<string, string> = {}) =>
  api.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

const query = (text: string) => JSON.stringify({ query: text });

test.each([
  ['a syntax error', query('{ models {'), 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', query('{ nothing }'), 'GRAPHQL_VALIDATION_FAILED'],
  [
    'a document of too many tokens',
    query(`{ ${'models { name } '.repeat(20_000)} }`),
    'GRAPHQL_PARSE_FAILED',
  ],
  ['a value nested too deep', query(`{ a(b: ${'['.repeat(60_000)}) }`), 'GRAPHQL_PARSE_FAILED'],
  ['a body that is no JSON', '{', 'BAD_REQUEST'],
  ['a request without a query', '{}', 'BAD_REQUEST'],
  ['a list of requests', '[]', 'BAD_REQUEST'],
])('%s is status 400 with a code', async (_what, body, code) => {
  const response = await post(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
});

test('a variable of a wrong type is status 400 and named', async () => {
  const text = 'query ($t: String!) { embedText(text: $t) { tokens } }';
  const response = await post(JSON.stringify({ query: text, variables: { t: 3 } }));
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    errors: [{ message: expect.stringContaining('"$t"'), extensions: { code: 'BAD_INPUT' } }],
  });
});

test('a client that asks for application/json gets it, with status 200 for a wrong query', async () => {
  const response = await post(query('{ nothing }'), { accept: 'application/json' });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
});

test('an unexpected error is INTERNAL, without a trace of what it was, and is logged', async () => {
  const failure = new Error('secret detail at /home/someone');
  vi.spyOn(api.model.clip, 'encodeTexts').mockRejectedValue(failure);
  const response = await post(query('{ embedText(text: "a") { tokens } }'));
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    data: { embedText: null },
    errors: [{ extensions: { code: 'INTERNAL', requestId: expect.any(String) } }],
  });
  expect(text).not.toMatch(/secret|someone|\.ts|stack/);
  expect(api.logged.splice(0)).toEqual([failure]);
});

test('a request of more than 32 MiB is status 413', async () => {
  const response = await post(query('x'.repeat(33 * 1024 * 1024)));
  expect(response.status).toBe(413);
  expect(await response.json()).toEqual({
    errors: [
      {
        message: 'expected a request of at most 32 MiB',
        extensions: { code: 'REQUEST_TOO_LARGE' },
      },
    ],
  });
});

test.each([
  ['/graphql', 'application/json'],
  ['/graphql', 'multipart/form-data; boundary=x'],
  ['/invocations', 'application/json'],
])(
  '%s with an endless body of %s that tells no length is status 413 while it arrives',
  async (path, type) => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const init: RequestInit & { readonly duplex: 'half' } = {
      method: 'POST',
      headers: { 'content-type': type },
      body,
      duplex: 'half',
    };
    const response = await api.fetch(path, init);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'REQUEST_TOO_LARGE' } }],
    });
    expect(sent).toBeLessThan(40);
  },
);

describe('a query that comes again', () => {
  const ask = 'query ($t: String!) { embedText(text: $t) { tokens } }';

  test('has its own variables, operation and errors each time', async () => {
    for (const [text, tokens] of [
      ['a', 3],
      ['a dog', 4],
    ]) {
      const { data, errors } = await api.query(ask, { t: text });
      expect([data.embedText.tokens, errors]).toEqual([tokens, []]);
    }
    const wrong = query('{ nothing }');
    const answers = [await (await post(wrong)).json(), await (await post(wrong)).json()];
    expect(answers[1]).toEqual(answers[0]);
  });

  test('is refused each time where it is too deep', async () => {
    const deep = query(`{ ${'a { '.repeat(16)}b${' }'.repeat(16)} }`);
    for (let i = 0; i < 3; i++) {
      expect(await (await post(deep)).json()).toMatchObject({
        errors: [{ extensions: { code: 'QUERY_TOO_LARGE' } }],
      });
    }
  });
});

test.each([
  ['GET', '/nothing', 404, 'NOT_FOUND'],
  ['GET', '/examples/nothing.jpg', 404, 'NOT_FOUND'],
  ['GET', '/examples/%2e%2e%2fpackage.json', 404, 'NOT_FOUND'],
  ['GET', '/other/graphql', 404, 'NOT_FOUND'],
  ['GET', '/nothing?x=/graphql', 404, 'NOT_FOUND'],
  ['POST', '/examples/', 405, 'BAD_REQUEST'],
  ['DELETE', '/graphql', 405, 'BAD_REQUEST'],
])('%s %s is status %i in JSON', async (method, path, status, code) => {
  const response = await api.fetch(path, { method });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
});

test('another method is refused by its name', async () => {
  const { errors } = await (await api.fetch('/graphql', { method: 'DELETE' })).json();
  expect(errors[0].message).toMatch(/^expected [A-Z or]+ \/graphql, got DELETE$/);
});

test('a body of another type than JSON is status 415 in JSON', async () => {
  const response = await post('query', { 'content-type': 'text/plain' });
  expect(response.status).toBe(415);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'BAD_REQUEST' } }],
  });
});

test('no other site may read an answer', async () => {
  const response = await post(query('{ models { name } }'), { origin: 'http://elsewhere.example' });
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
    [],
  );
});

test('/ leads to GraphiQL where the page is off', async () => {
  const plain = await startApi({ settings: parseSettings({ page: 'off' }, {}) });
  const root = await plain.fetch('/');
  expect([root.status, root.headers.get('location')]).toEqual([302, '/graphql']);
  await plain.close();
});

test('GraphiQL is one page that loads nothing else', async () => {
  const response = await api.fetch('/graphql', { headers: { accept: 'text/html,*/*' } });
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const page = await response.text();
  expect(page).toContain(FIRST_EXAMPLE.file);
  expect(page).not.toMatch(/<script[^>]*\ssrc=/);
  expect(page).not.toMatch(/<link[^>]*href="?https?:/);
  expect(page).not.toMatch(/unpkg\.com|cdn\.jsdelivr\.net|esm\.sh/);
});

test('GraphiQL’s first query is answered, and rightly', async () => {
  const page = await (await api.fetch('/graphql', { headers: { accept: 'text/html' } })).text();
  const [, literal] = /"defaultQuery":("(?:[^"\\]|\\.)*")/.exec(page)!;
  const { data, errors } = await api.query(JSON.parse(literal!));
  expect(errors).toEqual([]);
  expect(data.classify.label).toBe('mountain');
});

test('/ says what is here where there is neither the page nor GraphiQL', async () => {
  const closed = await startApi({ settings: parseSettings({ graphiql: 'off', page: 'off' }, {}) });
  const root = await closed.fetch('/');
  expect([root.status, root.headers.get('content-type')]).toEqual([
    200,
    'text/html; charset=utf-8',
  ]);
  const page = await root.text();
  const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, path]) => path!);
  expect(links).toContain('/openapi.json');
  for (const path of links) expect((await closed.fetch(path)).status, path).toBe(200);
  await closed.close();
});

test('without GraphiQL the examples’ page has no links to it', async () => {
  const closed = await startApi({ settings: parseSettings({ graphiql: 'off' }, {}) });
  const page = await (await closed.fetch('/examples/')).text();
  await closed.close();
  expect(page).toContain('<img src="march-pastoral.jpg"');
  expect(page).not.toMatch(/GraphiQL|<a /);
});

test('every example is served, shown with a query that works, and documented', async () => {
  // The README tells what the model answers that a server has unless told otherwise.
  const embedded = await startApi({ served: [] });
  const page = await (await api.fetch('/examples/')).text();
  const readme = (await exampleBytes('README.md')).toString();
  const queries = [...page.matchAll(/href="\/graphql\?query=([^"]+)"/g)].map(([, text]) =>
    decodeURIComponent(text!),
  );
  expect(queries).toHaveLength(EXAMPLES.length);
  for (const [i, { file, photographer, year }] of EXAMPLES.entries()) {
    const response = await api.fetch(`/examples/${file}`);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(await exampleBytes(file));
    expect(page).toContain(`<img src="${file}"`);
    expect(readme).toContain(`\`${file}\``);
    expect(readme).toContain(`${photographer}, ${year}`);
    const { data, errors } = await embedded.query(queries[i]!);
    expect(errors).toEqual([]);
    const row = readme.split('\n').find((line) => line.includes(`\`${file}\``));
    const [, said] = /\| *\**(\w+)\**, \d+ % *\|$/.exec(row!)!;
    expect(data.classify.label).toBe(said);
  }
  await embedded.close();
});
