import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../testing/api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(async () => {
  expect(api.logged).toEqual([]);
  await api.close();
});

const post = async (path: string, body: string) => {
  const headers = { 'content-type': 'application/json' };
  const response = await api.fetch(path, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
};

const graphql = (variables: string) => `{"query":"{ models { name } }","variables":${variables}}`;

test.each([
  ['/graphql', graphql(`${'['.repeat(100_000)}`)],
  ['/graphql', graphql(`{"a":[${'{},'.repeat(50_000)}1]}`)],
  ['/graphql', graphql(`{"a":[${'1,'.repeat(100_000)}1]}`)],
  ['/graphql', graphql(`{${'"a":1,'.repeat(50_000)}"b":1}`)],
  ['/graphql', graphql(`{"a":["\\"${'","'.repeat(50_000)}"]}`)],
  ['/invocations', `{"images":${'['.repeat(100_000)}`],
  ['/v1/embeddings', `{"input":[${'{},'.repeat(50_000)}1]}`],
])('%s refuses more JSON values than it can use, before it parses them', async (path, body) => {
  const { status, text } = await post(path, body);
  expect(text).toContain('expected a request of at most 80,640 JSON values, got more');
  expect(status).toBe(413);
});

test.each([
  ['brackets and commas', '[{,'.repeat(100_000)],
  ['escaped quotes', '\\"'.repeat(100_000)],
  ['escaped backslashes', '\\\\'.repeat(100_001)],
])('%s within a text do not count', async (_what, text) => {
  const { status } = await post('/graphql', graphql(`{"a":["${text}","${text}"]}`));
  expect(status).toBe(200);
});

const form = async (parts: Readonly<Record<string, string>>) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(parts)) body.set(name, value);
  const response = await api.fetch('/graphql', { method: 'POST', body });
  return { status: response.status, text: await response.text() };
};

test.each(['boundary', '"a boundary"'])(
  'a form of more parts than an operation can use is refused before it is read; boundary=%s',
  async (boundary) => {
    const form = (count: number) => {
      const parts = Array.from({ length: count }, (_, i) => [`part${i}`, 'x']);
      return [['operations', graphql('{}')], ['map', '{}'], ...parts]
        .map(([name, value]) =>
          [
            `--${boundary.replaceAll('"', '')}`,
            `content-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
          ].join('\r\n'),
        )
        .concat(`--${boundary.replaceAll('"', '')}--\r\n`)
        .join('');
    };
    const send = (body: string) => {
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
      return api.fetch('/graphql', { method: 'POST', headers, body });
    };
    expect((await send(form(72))).status).toBe(200);
    const refused = await send(form(73));
    expect(await refused.text()).toContain('expected a form of at most 74 parts, got one of more');
    expect(refused.status).toBe(400);
  },
);

test('operations in a form may be as long as in JSON, and hold as many values', async () => {
  const long = graphql(`{"a":"${'x'.repeat(2_000_000)}"}`);
  expect((await form({ operations: long, map: '{}' })).status).toBe(200);
  const { status, text } = await form({ operations: graphql('['.repeat(100_000)), map: '{}' });
  expect(text).toContain('at most 80,640 JSON values');
  expect(status).toBe(413);
});
