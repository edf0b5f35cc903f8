/** Each copied text is run, and asks a server what the page asks. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { parse, print } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentOf, EnumName, type Operation } from '../server/operation.ts';
import { asGraphql, LANGUAGES } from './languages.ts';

const HOSTILE = [
  'it\'s "quoted"',
  '$HOME `id` $(id) \\',
  '</textarea><b>{}</b>',
  'line\nbreak\ttab',
  '\u202eRTL עברית 🐈',
];

const FILE = 'my "best"; photo\'s.jpg';

const operationOf = (image: Operation['args'][number]['value']): Operation => ({
  kind: 'query',
  name: 'Classify',
  field: 'classify',
  args: [
    { name: 'image', type: 'ImageInput!', value: image },
    { name: 'labels', type: '[String!]', value: HOSTILE },
    { name: 'preset', type: 'TemplatePreset', value: new EnumName('ENSEMBLE') },
    { name: 'rejectBelow', type: 'Float', value: 0.25 },
  ],
  selection: 'label',
});

interface Received {
  readonly type: string;
  readonly key: string | undefined;
  readonly body: Buffer;
}

let folder: string;
let url: string;
let received: Received[] = [];
const server = createServer(async (request, response) => {
  const { 'content-type': type = '', authorization: key } = request.headers;
  received.push({ type, key, body: await buffer(request) });
  response.end(JSON.stringify({ data: { classify: { label: 'it' } } }));
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-copied-'));
  await writeFile(join(folder, FILE), 'the bytes');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const RUNNERS: Readonly<Record<string, (text: string) => readonly [string, readonly string[]]>> = {
  curl: (text) => ['sh', ['-c', text]],
  TypeScript: () => [process.execPath, ['copied.ts']],
  Python: (text) => ['python3', ['-c', text]],
};

/** Runs a text in the folder of the file. @returns what it wrote, and the one request that it sent. */
async function run(name: string, operation: Operation, needsKey = false) {
  const text = LANGUAGES.find((one) => one.name === name)!.print(operation, { url, needsKey });
  await writeFile(join(folder, 'copied.ts'), text);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  received = [];
  const [command, args] = RUNNERS[name]!(text);
  const env = { ...process.env, CLIPQL_KEY: 'the-key' };
  const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env });
  expect(received).toHaveLength(1);
  return { text, stdout, ...received[0]! };
}

const canRun = async (command: string) =>
  promisify(execFile)(command, ['--version']).then(
    () => true,
    () => false,
  );
const there = { curl: await canRun('curl'), TypeScript: true, Python: await canRun('python3') };

describe.each(Object.entries(there))('what is copied as %s', (name, isThere) => {
  test.runIf(isThere)('asks the same, whatever the labels are', async () => {
    const image = { url: 'https://example.com/a.jpg?b="c"&d=\'e\'' };
    const { body, stdout, key, type } = await run(name, operationOf(image));
    const { query, variables } = JSON.parse(body.toString());
    expect(query.trim()).toBe(documentOf(operationOf(image)));
    expect(variables).toEqual({ image, labels: HOSTILE, preset: 'ENSEMBLE', rejectBelow: 0.25 });
    expect(JSON.parse(stdout)).toMatchObject(
      name === 'curl' ? { data: { classify: { label: 'it' } } } : { label: 'it' },
    );
    expect([type, key]).toEqual(['application/json', undefined]);
  });

  test.runIf(isThere)('reads a file from the disk, whatever its name', async () => {
    const { body } = await run(name, operationOf({ upload: new File([], FILE) }));
    const sent = name === 'curl' ? 'the bytes' : Buffer.from('the bytes').toString('base64');
    expect(body.toString()).toContain(sent);
  });

  test.runIf(isThere)('has a place for a key, and no key', async () => {
    const { text, key } = await run(name, operationOf({ url: '/x' }), true);
    expect(text).toContain('CLIPQL_KEY');
    expect(key).toBe('Bearer the-key');
  });
});

test('what is copied as GraphQL is a document with all values in it, but files', () => {
  const image = { url: '/examples/march-pastoral.jpg' };
  const document = print(parse(asGraphql(operationOf(image))));
  expect(document).toContain('image: {url: "/examples/march-pastoral.jpg"}');
  expect(document).toContain('preset: ENSEMBLE');
  expect(document).toContain('rejectBelow: 0.25');
  const upload = print(parse(asGraphql(operationOf({ upload: new File([], FILE) }))));
  expect(upload).toContain('query Classify($file0: Upload!)');
  expect(upload).toContain('image: {upload: $file0}');
});
