import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
// These run the built command line: `npm test` builds it first.
import { expect, test } from 'vitest';
import { type Handler, startWebServer } from '../../../core/src/testing/web-server.ts';
import { OPTIONS, type OptionName, optionOf } from '../settings/options.ts';
import { exampleBytes } from '../testing/api.ts';
import { startBuiltServer } from '../testing/built-server.ts';
import { clipql, expectFailure, finished, startClipql } from '../testing/command-line.ts';

test('serve says how to use it, its curl command works, and SIGTERM ends it with exit code 0', async () => {
  const { child, written } = await startBuiltServer();
  const text = written();
  expect(text).toMatch(/page +http:\S+\/\n/);
  expect(text).toMatch(/model +lite, 8\.3 million parameters, .*models.lite\n/);
  for (const word of [
    '--model laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K',
    '--model DIR',
    '--allow-hosts',
    'GraphiQL',
    '/examples/',
    'open_clip',
  ]) {
    expect(text).toContain(word);
  }
  expect(text.split('\n').length).toBeLessThanOrEqual(12);

  const [, url, header, body] = /curl (\S+) -H '([^']+)' -d '([^']+)'/.exec(text)!;
  const [name, value] = header!.split(': ');
  const response = await fetch(url!, { method: 'POST', headers: { [name!]: value! }, body: body! });
  expect(await response.json()).toMatchObject({ data: { classify: { label: 'mountain' } } });

  child.kill('SIGTERM');
  expect(await finished(child)).toMatchObject({ exitCode: 0, stdout: '' });
});

test('SIGTERM with requests in flight: all are answered, and the exit code is 0', async () => {
  const held = Promise.withResolvers<void>();
  let asked = 0;
  const allAsked = Promise.withResolvers<void>();
  const slow: Handler = async (_request, response) => {
    asked += 1;
    if (asked === 12) allAsked.resolve();
    await held.promise;
    response.end(await exampleBytes('march-pastoral.jpg'));
  };
  const paths = Array.from({ length: 12 }, (_, i) => `/${i}.jpg`);
  const web = await startWebServer(Object.fromEntries(paths.map((path) => [path, slow])));
  const flags = ['--allow-hosts', web.host, '--drain-seconds', '0'];
  const { child, url } = await startBuiltServer(flags);
  const answers = paths.map(async (path) => {
    const query = `{ classify(imageUrl: "${web.url}${path}", labels: ["sheep", "car"]) { label } }`;
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return response.json();
  });
  await allAsked.promise;
  child.kill('SIGTERM');
  await once(child.stderr, 'data');
  held.resolve();
  for (const answer of await Promise.all(answers)) {
    expect(answer).toEqual({ data: { classify: { label: 'sheep' } } });
  }
  expect(await finished(child)).toMatchObject({ exitCode: 0 });
  await web.close();
});

test('serve --log-format json writes nothing but JSON, and no secret', async () => {
  const key = randomBytes(32).toString('hex');
  const hash = createHash('sha256').update(key).digest('hex');
  const { child, url, written } = await startBuiltServer(['--log-format', 'json'], {
    CLIPQL_API_KEYS: `app:${hash}`,
    CLIPQL_JWT_SECRET: `${key}-of-tokens`,
  });
  const ask = async (headers: Record<string, string>) => {
    const init = { method: 'POST', body: '{ "query": "{ models { name } }" }' };
    const all = { 'content-type': 'application/json', 'x-request-id': 'my-id', ...headers };
    const response = await fetch(`${url}/graphql?key=${key}`, { ...init, headers: all });
    expect(response.headers.get('x-request-id')).toBe('my-id');
    return response.status;
  };
  expect(await ask({})).toBe(401);
  expect(await ask({ authorization: `Bearer ${key}` })).toBe(200);
  child.kill('SIGTERM');
  await once(child, 'close');
  const lines = written()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { level: 'info', msg: `listening at ${url}` },
    { requestId: 'my-id', address: '127.0.0.1', method: 'POST', path: '/graphql', status: 401 },
    { requestId: 'my-id', caller: 'key:app', status: 200, milliseconds: expect.any(Number) },
    { msg: 'ending' },
  ]);
  expect(written()).not.toContain(key);
  expect(written()).not.toContain(hash);
});

test('what is refused before it is a request is counted in /metrics', async () => {
  const { child, url } = await startBuiltServer(['--log-format', 'json']);
  for (const request of ['hello\r\n\r\n', `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`]) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(request);
    await text(socket);
  }
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('clipql_refusals_total{code="BAD_REQUEST"} 1\n');
  expect(metrics).toContain('clipql_refusals_total{code="HEADERS_TOO_LARGE"} 1\n');
  // Promtool's rule.
  expect(metrics).toContain('# TYPE nodejs_active_handles gauge');
  expect(metrics).not.toMatch(/^# TYPE \S+_total (?!counter)/m);
  child.kill('SIGTERM');
  expect((await finished(child)).exitCode).toBe(0);
});

test('serve --print-config shows no secret', async () => {
  const hash = 'a'.repeat(64);
  const child = startClipql(['serve', '--print-config'], { CLIPQL_API_KEYS: `app:${hash}` });
  const { stdout, stderr } = await finished(child);
  expect(stdout + stderr).not.toContain(hash);
  expect(JSON.parse(stdout)).not.toHaveProperty('apiKeys');
  expect(stderr).toBe('clipql: apiKeys is set, and not shown\n');
});

test('serve --tracing imports the module first, and names one that is not there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clipql-tracing-'));
  const module = join(folder, 'otel.mjs');
  await writeFile(module, "process.stdout.write('tracing is set up');");
  const { child } = await startBuiltServer(['--tracing', module]);
  child.kill('SIGINT');
  expect(await finished(child)).toMatchObject({ exitCode: 0, stdout: 'tracing is set up' });
  expectFailure(
    await clipql('serve', '--tracing', join(folder, 'none.mjs')),
    /BAD_OPTION: expected --tracing as a module to import, got .*none\.mjs/,
  );
  await rm(folder, { recursive: true });
});

test('serve with rules for tokens but no way to check one does not start', async () => {
  expectFailure(
    await clipql('serve', '--port', '0', '--jwt-issuer', 'x'),
    /BAD_OPTION: expected --jwt-secret or --jwt-keys-file beside --jwt-issuer/,
  );
});

test('settings are checked before a model is loaded', async () => {
  expectFailure(
    await clipql('serve', '--model', './nowhere', '--rate-limit-key', '5'),
    /BAD_OPTION: expected --api-keys, .* beside --rate-limit-key/,
  );
  expectFailure(
    await clipql('serve', '--model', './nowhere', '--jwt-keys-file', './nowhere.json'),
    /BAD_OPTION: expected a JSON Web Key Set in \.\/nowhere\.json, got none/,
  );
});

test('a second server on one data folder does not start, until the first is killed', async () => {
  const data = await mkdtemp(join(tmpdir(), 'clipql-data-'));
  const first = await startBuiltServer(['--data', data]);
  expectFailure(
    await clipql('serve', '--port', '0', '--data', data),
    new RegExp(`DATA_BUSY: expected --data as .* process ${first.child.pid} of \\S+ uses`),
  );
  const killed = once(first.child, 'close');
  first.child.kill('SIGKILL');
  await killed;
  const next = await startBuiltServer(['--data', data]);
  next.child.kill('SIGINT');
  expect(await finished(next.child)).toMatchObject({ exitCode: 0 });
  expect(await readdir(data)).toEqual(['clipql.db', 'jobs', 'label-sets']);
  await rm(data, { recursive: true });
});

test('what serve says at start follows its settings', async () => {
  const flags = ['--graphiql', 'off', '--api-keys', `app:${'0'.repeat(64)}`];
  const hosts = ['--only-hosts', '*.example.org', '--allow-hosts', 'localhost:8000'];
  const { written, end } = await startBuiltServer([...flags, ...hosts]);
  await end();
  const text = written();
  expect(text).not.toContain('GraphiQL');
  expect(text).toContain('images come from *.example.org, and from localhost:8000\n');
  expect(text).toContain("/graphql -H 'authorization: Bearer KEY' -H 'content-type");
});

test('serve warns where others may ask without a key, and of variables that are no settings', async () => {
  const warned = async (settings: Record<string, string>, ...args: string[]) => {
    const child = startClipql(['serve', '--model', './nowhere', ...args], settings);
    const lines = (await finished(child)).stderr.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line)).map(({ level, msg }) => `${level}: ${msg}`);
  };
  expect(await warned({ CLIPQL_PROT: '80' }, '--host', '0.0.0.0')).toEqual([
    'warn: CLIPQL_PROT is no setting and changes nothing: CLIPQL_PORT is one',
    expect.stringContaining('warn: whoever reaches 0.0.0.0 may ask without a key'),
  ]);
  const key = `app:${'0'.repeat(64)}`;
  expect(await warned({ CLIPQL_API_KEYS: key }, '--host', '0.0.0.0')).toEqual([]);
  expect(await warned({}, '--host', '::1')).toEqual([]);
});

test('serve on a port in use is one line', async () => {
  const web = await startWebServer({});
  expectFailure(
    await clipql('serve', '--port', String(web.port)),
    new RegExp(`LISTEN_FAILED: cannot listen on 127\\.0\\.0\\.1:${web.port}: it is in use`),
  );
  await web.close();
});

test('serve --print-config writes the settings in a form that --config takes', async () => {
  const child = startClipql(['serve', '--port', '7000', '--print-config'], {
    CLIPQL_ALLOW_HOSTS: 'b:1,a',
  });
  const { stdout, stderr, exitCode } = await finished(child);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const folder = await mkdtemp(join(tmpdir(), 'clipql-settings-'));
  const config = join(folder, 'clipql.json');
  await writeFile(config, stdout);
  expect(JSON.parse(stdout)).toMatchObject({
    port: 7000,
    allowHosts: ['b:1', 'a'],
    threads: null,
  });
  const shown = (Object.keys(OPTIONS) as OptionName[]).filter((name) => !optionOf(name).secret);
  expect(Object.keys(JSON.parse(stdout))).toEqual(shown);
  expect((await clipql('serve', '--config', config, '--print-config')).stdout).toBe(stdout);
  await rm(folder, { recursive: true });
});
