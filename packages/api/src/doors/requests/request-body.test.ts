import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
  ['/graphql', graphql(`{"a":[${'{},'.repeat(100_000)}1]}`)],
  ['/graphql', graphql(`{"a":[${'1,'.repeat(100_000)}1]}`)],
  ['/graphql', graphql(`{${'"a":1,'.repeat(100_000)}"b":1}`)],
  ['/graphql', graphql(`{"a":["\\"${'","'.repeat(100_000)}"]}`)],
  ['/invocations', `{"images":${'['.repeat(100_000)}`],
  ['/v1/embeddings', `{"input":[${'{},'.repeat(100_000)}1]}`],
])('%s refuses more JSON values than it can use, before it parses them', async (path, body) => {
  const { status, text } = await post(path, body);
  expect(text).toContain('expected a request of at most 80,640 JSON values, got more');
  expect(status).toBe(413);
});

test.each([
  ['texts', '"a"'],
  ['numbers', '1'],
  ['empty lists', '[ \n]'],
  ['empty objects', '{}'],
])('as many %s as the message says are parsed, and not one more', async (_what, value) => {
  // The body, its query, its variables and the list are values as well.
  const listed = (count: number) => graphql(`{"a":[${Array(count).fill(value).join()}]}`);
  expect((await post('/graphql', listed(80_636))).text).toContain('TOO_MANY_PROMPTS');
  expect((await post('/graphql', listed(80_637))).text).toContain('REQUEST_TOO_LARGE');
});

test('keys do not count as values', async () => {
  const objects = Array(20_000).fill('{"a":1,"b":2}').join();
  const { text } = await post('/graphql', graphql(`{"a":[${objects}]}`));
  expect(text).toContain('TOO_MANY_PROMPTS');
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

test.each([
  ['boundary', 'boundary=boundary'],
  ['a boundary', 'boundary="a boundary"'],
  ['after-another', 'x-boundary=decoy; boundary=after-another'],
  ['b', 'charset="; boundary=decoy"; BOUNDARY=b'],
])(
  'a form of more parts than an operation can use is refused as soon as it has them; boundary %s in %s',
  async (boundary, parameters) => {
    const form = (count: number) => {
      const parts = Array.from({ length: count }, (_, i) => [`part${i}`, 'x']);
      return [['operations', graphql('{}')], ['map', '{}'], ...parts]
        .map(([name, value]) =>
          [
            `--${boundary}`,
            `content-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
          ].join('\r\n'),
        )
        .concat(`--${boundary}--\r\n`)
        .join('');
    };
    const send = (body: string) => {
      const headers = { 'content-type': `multipart/form-data; ${parameters}` };
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

test.each(['/graphql', '/v1/embeddings', '/invocations'])(
  'JSON to %s may begin with a byte order mark',
  async (path) => {
    const body = { query: '{ models { name } }', input: 'a', images: [SHEEP], classes: ['a'] };
    const { query, input, images, classes } = body;
    const own = { '/graphql': { query }, '/v1/embeddings': { input } }[path] ?? { images, classes };
    expect((await post(path, `\ufeff${JSON.stringify(own)}`)).status).toBe(200);
    const twice = await post(path, `\ufeff\ufeff${JSON.stringify(own)}`);
    expect(twice.status).toBe(400);
  },
);

const SHEEP = '/examples/march-pastoral.jpg';

const packed = async (body: Uint8Array<ArrayBuffer>, coding: string, path = '/v1/embeddings') => {
  const headers = { 'content-type': 'application/json', 'content-encoding': coding };
  const response = await api.fetch(path, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text(), headers: response.headers };
};

describe('a compressed body', () => {
  const embeddings = Buffer.from(JSON.stringify({ input: 'a dog on a meadow' }));
  const CODINGS = [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const;

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    [' GZIP ', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (body: Buffer<ArrayBuffer>) => body],
    ['identity, , gzip', gzipSync],
  ])('in %j is answered as it would be without', async (coding, compress) => {
    const plain = await post('/v1/embeddings', embeddings.toString());
    const { status, text } = await packed(compress(embeddings), coding);
    expect([status, text]).toEqual([200, plain.text]);
  });

  test('in gzip may have several members', async () => {
    const plain = await post('/v1/embeddings', embeddings.toString());
    const members = Buffer.concat([
      gzipSync(embeddings.subarray(0, 9)),
      gzipSync(embeddings.subarray(9)),
    ]);
    const { status, text } = await packed(members, 'gzip');
    expect([status, text]).toEqual([200, plain.text]);
  });

  test('is taken by GraphQL too', async () => {
    const { status, text } = await packed(gzipSync(Buffer.from(graphql('{}'))), 'gzip', '/graphql');
    expect([status, JSON.parse(text)]).toEqual([200, { data: { models: [{ name: 'nano' }] } }]);
  });

  test.each(['zstd', 'compress', 'gzip, gzip', 'constructor'])(
    'in %j is status 415, which says what is taken',
    async (coding) => {
      const { status, text, headers } = await packed(gzipSync(embeddings), coding);
      expect(status).toBe(415);
      expect(headers.get('accept-encoding')).toBe('gzip, deflate, br');
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'BAD_REQUEST' } });
    },
  );

  test.each<readonly [what: string, body: Uint8Array<ArrayBuffer>, coding: string]>([
    ['is not what it says', embeddings, 'gzip'],
    ['ends early', gzipSync(embeddings).subarray(0, -9), 'gzip'],
    ['is damaged', gzipSync(embeddings).map((byte, i) => (i === 20 ? byte ^ 255 : byte)), 'gzip'],
    ['is empty', Buffer.alloc(0), 'gzip'],
    ...CODINGS.map(([coding, compress]): readonly [string, Uint8Array<ArrayBuffer>, string] => [
      `in ${coding} has more after its end`,
      Buffer.concat([compress(embeddings), Buffer.from('more')]),
      coding,
    ]),
  ])('that %s is BAD_REQUEST', async (_what, body, coding) => {
    const { status, text } = await packed(body, coding);
    const message = expect.stringMatching(
      `^expected a whole body in ${coding}, .* and nothing after it; got something else \\(.+\\)$`,
    );
    expect([status, JSON.parse(text)]).toMatchObject([
      400,
      { error: { code: 'BAD_REQUEST', message } },
    ]);
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])(
    'in %s that unpacks to more than a request may have is REQUEST_TOO_LARGE',
    async (coding, compress) => {
      const held: number[] = [];
      const headers = { 'content-type': 'application/json', 'content-encoding': coding };
      const body = compress(Buffer.alloc(40 * 1024 * 1024));
      const response = await api.fetch(
        '/v1/embeddings',
        { method: 'POST', headers, body },
        { keepBytes: (bytes) => held.push(bytes) },
      );
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ error: { code: 'REQUEST_TOO_LARGE' } });
      const most = 32 * 1024 * 1024;
      expect(held.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(most);
    },
  );
});
