import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import {
  type Handler,
  startWebServer,
  type WebServer,
} from '../../../../core/src/testing/web-server.ts';
import { ApiError } from '../../errors/api-error.ts';
import { startApi, type TestApi } from '../../testing/api.ts';
import { startClipql } from '../../testing/command-line.ts';

let api: TestApi | undefined;
let web: WebServer | undefined;

afterEach(async () => {
  await api?.close();
  await web?.close();
});

/** A host that never answers, and tells when it is asked. */
async function hungHost() {
  const asked = Promise.withResolvers<void>();
  const hung: Handler = () => asked.resolve();
  web = await startWebServer({ '/hung.jpg': hung });
  return { host: web.host, image: `${web.url}/hung.jpg`, asked: asked.promise };
}

const post = (body: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const classify = (image: string) => ({
  query: `{ classify(imageUrl: "${image}", labels: ["sheep", "car"]) { label } }`,
});

const classifyMany = (image: string) => ({
  query: `{ classifyMany(images: [{ url: "${image}" }, { url: "/examples/march-pastoral.jpg" }], labels: ["sheep"]) {
    ... on ImageError { code }
  } }`,
});

test.each<[string, string, (image: string) => object]>([
  ['classify', '/graphql', classify],
  ['classifyMany', '/graphql', classifyMany],
  ['/invocations', '/invocations', (image) => ({ images: [image], classes: ['sheep'] })],
  ['/v1/embeddings', '/v1/embeddings', (image) => ({ model: 'nano', input: [{ image }] })],
])('an operation of %s is broken off when the server ends', async (_what, path, bodyFor) => {
  const { host, image, asked } = await hungHost();
  api = await startApi({ allowHosts: [host] });
  const server = new AbortController();
  const answer = api.fetch(path, post(bodyFor(image)), { ending: server.signal });
  await asked;
  server.abort(new ApiError('SHUTTING_DOWN', 'ending', { retryAfter: 1 }));
  const response = await answer;
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await response.text()).toContain('"code":"SHUTTING_DOWN"');
});

// These run the built command line: `npm test` builds it first.
test('SIGTERM, and a request that is not done in the grace: it is told so, and the log says the same', async () => {
  const { host, image, asked } = await hungHost();
  const times = ['--drain-seconds', '0', '--grace-seconds', '0.5'];
  const child = startClipql([
    'serve',
    '--port',
    '0',
    '--log-format',
    'json',
    '--allow-hosts',
    host,
    ...times,
  ]);
  let log = '';
  const url = await new Promise<string>((resolve) => {
    child.stderr.on('data', (chunk) => {
      log += chunk;
      const [, found] = /listening at (http[^"]+)/.exec(log) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const answer = fetch(`${url}/graphql`, post(classify(image)));
  await asked;
  child.kill('SIGTERM');
  const response = await answer;
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'SHUTTING_DOWN' } }],
  });
  const [exitCode] = await once(child, 'close');
  expect(exitCode).toBe(0);
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ path }) => path === '/graphql')).toMatchObject([{ status: 503 }]);
});
