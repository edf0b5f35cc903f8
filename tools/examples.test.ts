// The examples do what they say, as a reader would start them. `npm test` builds what they use first.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { GENERATED, generate } from '../examples/typed-client/generate.ts';
import { startBuiltServer } from '../packages/api/src/testing/built-server.ts';
import { ROOT as root } from './documented/programs.ts';

const run = (file: string, ...args: readonly string[]): string =>
  execFileSync(process.execPath, [join(root, 'examples', file), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

test('embed-folder puts the picture that fits a text first, and passes over a file that is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clipql-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(root, 'packages/api/examples'), folder, { recursive: true });
  writeFileSync(join(folder, 'broken.png'), 'no image');
  const lines = run('embed-folder/embed-folder.ts', 'models/nano', folder, 'a photo of a mountain.')
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(7);
  expect(lines[0]).toMatch(/^0\.\d{3} {2}french-alpine-landscape\.jpg$/);
});

test('embed-folder without arguments says how it is used', () => {
  const file = join(root, 'examples/embed-folder/embed-folder.ts');
  expect(spawnSync(process.execPath, [file], { encoding: 'utf8' })).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(/^usage: [^\n]+\n$/),
  });
});

test('typed-client asks a server, and tells answers from errors', async () => {
  const { url, end } = await startBuiltServer();
  onTestFinished(end);
  expect(run('typed-client/typed-client.ts', `${url}/graphql`)).toMatch(
    /^\/examples\/march-pastoral\.jpg: sheep \(sheep 0\.\d\d, \w+ 0\.\d\d\)\n\/examples\/nothing\.jpg: \w+: [^\n]+\n$/,
  );
});

test('typed-client without a server is one line that says so', async () => {
  // A port that was free a moment ago.
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  taken.close();
  await once(taken, 'close');
  const url = `http://127.0.0.1:${port}/graphql`;
  const client = spawnSync(
    process.execPath,
    [join(root, 'examples/typed-client/typed-client.ts'), url],
    { encoding: 'utf8' },
  );
  expect(client).toMatchObject({
    status: 1,
    stdout: '',
    stderr: `expected a ClipQL server at ${url}, got none there: \`npm start\` starts one\n`,
  });
});

test('typed-client’s types are what its queries and the schema give', async () => {
  expect(readFileSync(GENERATED, 'utf8'), 'run `node examples/typed-client/generate.ts`').toBe(
    await generate(),
  );
});

test('every example is listed', () => {
  const readme = readFileSync(join(root, 'examples/README.md'), 'utf8');
  const entries = readdirSync(join(root, 'examples'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(folders.filter((name) => !readme.includes(`[${name}](`))).toEqual([]);
});
