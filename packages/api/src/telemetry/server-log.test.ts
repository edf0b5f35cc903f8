import { afterEach, expect, test, vi } from 'vitest';
import { storeError } from '../postgres/store-error.ts';
import { startApi, type TestApi } from '../testing/api.ts';
import { WAIT } from '../testing/held-tower.ts';
import { withinRequest } from './request-scope.ts';
import { createServerLog } from './server-log.ts';

const QUERY = '{ embedText(text: "a") { tokens } }';

let api: TestApi | undefined;

afterEach(async () => {
  vi.restoreAllMocks();
  await api?.close();
});

/** A server whose log is written to a stream, and what is in it so far. */
async function logged(logFormat: 'auto' | 'json' | 'text', isTTY: boolean) {
  let text = '';
  const stream = {
    isTTY,
    write: (line: string) => {
      text += line;
    },
  };
  const log = createServerLog({ logFormat, logLevel: 'info' }, stream);
  api = await startApi({ log });
  return { api, log, text: () => text };
}

const ask = (to: TestApi, headers: Record<string, string> = {}) =>
  to.fetch('/graphql?secret=in-the-address', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: QUERY }),
  });

test('each request is a line of JSON with its id, which the answer has too', async () => {
  const { api, text } = await logged('auto', false);
  const response = await ask(api, { 'x-request-id': 'a-1:2', authorization: 'Bearer hush' });
  expect(response.headers.get('x-request-id')).toBe('a-1:2');
  expect(JSON.parse(text())).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    requestId: 'a-1:2',
    method: 'POST',
    path: '/graphql',
    status: 200,
    milliseconds: expect.any(Number),
    msg: 'request',
  });
  expect(text()).not.toMatch(/hush|in-the-address/);
});

test('an answer has its id, and a code, where yoga gives a status alone', async () => {
  const { api } = await logged('json', false);
  const response = await ask(api, { 'x-request-id': 'mine', accept: 'text/html' });
  expect(response.status).toBe(406);
  expect(response.headers.get('x-request-id')).toBe('mine');
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'BAD_REQUEST' } }],
  });
});

test.each(['', 'a b', 'a\u00e9', 'x'.repeat(129), '"},{"level":"fatal'])(
  'an id that is not usable is replaced: %j',
  async (sent) => {
    const { api, text } = await logged('json', false);
    const response = await ask(api, { 'x-request-id': sent });
    const id = response.headers.get('x-request-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(text()).requestId).toBe(id);
  },
);

test('an unexpected error is logged with its stack, under the id that the client gets', async () => {
  const { api, text } = await logged('json', false);
  vi.spyOn(api.model.clip, 'encodeTexts').mockRejectedValue(new Error('broken inside'));
  const response = await ask(api, { 'x-request-id': 'mine' });
  const { errors } = (await response.json()) as { errors: object[] };
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', requestId: 'mine' } }]);
  const [error] = text().split('\n');
  expect(JSON.parse(error!)).toMatchObject({
    level: 'error',
    requestId: 'mine',
    err: { message: 'broken inside', stack: expect.stringContaining('server-log.test') },
  });
});

test('of an error that carries a connection, its message and its stack alone are logged', async () => {
  const { log, text } = await logged('json', false);
  const client = { processID: 4711, secretKey: 815, password: 'hunter2' };
  const lost = Object.assign(new Error('it broke', { cause: { client } }), {
    code: '42P01',
    client,
  });
  log.unexpected('mine', lost);
  const { err } = JSON.parse(text());
  expect(Object.keys(err).sort()).toEqual(['code', 'message', 'stack', 'type']);
  expect(text()).not.toMatch(/4711|815|hunter2/);
});

test('an error with a code of its own is a line with its message, and not unexpected', async () => {
  const { log, text } = await logged('json', false);
  const ended = Object.assign(new Error('Connection terminated'), { client: { secretKey: 815 } });
  log.unexpected('mine', storeError(ended, 'db.internal:5432/clipql'));
  expect(JSON.parse(text())).toEqual({
    level: 'warn',
    time: expect.any(String),
    requestId: 'mine',
    code: 'STORE_UNAVAILABLE',
    msg: 'expected a database that answers now, got: Connection terminated (db.internal:5432/clipql)',
  });
});

test('requests at the same time keep their ids apart', async () => {
  const { api, text } = await logged('json', false);
  const ids = Array.from({ length: 8 }, (_, i) => `id-${i}`);
  await Promise.all(ids.map((id) => ask(api, { 'x-request-id': id })));
  const lines = text().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).requestId).sort()).toEqual(ids);
});

test('on a terminal a request is a line for people', async () => {
  const { api, text } = await logged('auto', true);
  await ask(api, { 'x-request-id': 'mine' });
  expect(text()).toMatch(/^\d\d:\d\d:\d\d POST \/graphql 200 in \d+ ms \(mine\)\n$/);
});

test('what a caller is called, and what an error quotes, makes no line and no command of its own', async () => {
  const { log, text } = await logged('text', false);
  const caller = 'subject:eve\n12:00:00 POST /graphql 200 in 1 ms (key:admin)';
  withinRequest({ id: 'mine', start: 0, caller }, () => {
    log.info('hello');
    log.unexpected('mine', Object.assign(new Error(), { stack: 'Error: \u001b[2J\n    at a.ts' }));
  });
  const lines = text().trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d hello \(subject:eve\ufffd12:00:00 POST .*, mine\)$/);
  expect(lines.slice(2)).toEqual(['Error: \ufffd[2J', '    at a.ts']);
});

test('a line has the operation, and the code of the first error', async () => {
  const { api, text } = await logged('json', false);
  const send = (body: object) =>
    api.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await send({
    query: 'query Words { a: embedText(text: "a") { nothing } }',
    operationName: 'Words',
  });
  await send({ query: 'query Words { classify(imageUrl: "/x", labels: []) { label } }' });
  await send({ query: 'query Words { a: embedText(text: "a") { tokens } }' });
  await api.fetch('/v1/models/nothing');
  await api.fetch('/nothing');
  const lines = text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ operation, status, code }) => [operation, status, code])).toEqual([
    ['Words', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['Words', 200, 'BAD_INPUT'],
    ['Words', 200, undefined],
    [undefined, 404, 'UNKNOWN_MODEL'],
    [undefined, 404, 'NOT_FOUND'],
  ]);
});

test('a flood of refusals has 20 lines a second, and a count of the rest', async () => {
  const { api, log, text } = await logged('json', false);
  await Promise.all(Array.from({ length: 50 }, () => api.fetch('/nothing')));
  await Promise.all(Array.from({ length: 3 }, () => api.fetch('/v1/models/nothing')));
  // The rest is told once a second, outside of any request.
  await vi.waitFor(() => expect(text()).toContain('more requests refused'), WAIT);
  log.end();
  const lines = text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const counts = lines.filter(({ count }) => count !== undefined);
  const told = lines.filter(({ msg }) => msg === 'request');
  const rest = counts.reduce((sum, { count }) => sum + count, 0);
  expect(told.length + rest).toBe(53);
  expect(told.filter(({ code }) => code === 'UNKNOWN_MODEL')).toHaveLength(3);
  expect(counts.length).toBeGreaterThan(0);
  expect(counts[0]).toEqual({
    level: 'warn',
    time: expect.any(String),
    status: 404,
    code: 'NOT_FOUND',
    count: expect.any(Number),
    msg: 'more requests refused',
  });
  for (const { requestId } of told) expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test('what watches the server is not logged', async () => {
  const { api, text } = await logged('json', false);
  for (const path of ['/healthz', '/readyz', '/ping', '/metrics']) await api.fetch(path);
  expect(text()).toBe('');
});
