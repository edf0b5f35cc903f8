// What the README and the pages of docs/ show works: queries, requests, commands and programs.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type PictureHost,
  startPictureHost,
} from '../packages/api/src/jobs/testing/picture-host.ts';
import { type BuiltServer, startBuiltServer } from '../packages/api/src/testing/built-server.ts';
import { startModelHub } from './documented/model-hub.ts';
import { type Block, blocksOf, patternOf, shellWords } from './documented/page.ts';
import { failuresOf, type Program, ROOT } from './documented/programs.ts';
import { ReadersFolder } from './documented/shell.ts';
import type { HubServer } from './hub/server.ts';

const PAGES = [
  'README.md',
  ...globSync('docs/*.md', { cwd: ROOT }).sort(),
  'packages/core/README.md',
  'models/README.md',
];

/** What takes another machine, an engine for containers, a GPU, minutes or an hour. */
const NOT_RUN =
  /^(git clone|docker|pnpm --silent bench|npm run --silent clipql -- picture|npm run --silent bench|pnpm --dir)|db\.internal/m;

const shown = new Map(PAGES.map((page) => [page, readFileSync(join(ROOT, page), 'utf8')]));
const blocks = (page: string, language: string): readonly Block[] =>
  blocksOf(shown.get(page)!).filter((block) => block.language === language);
const pagesWith = (language: string): readonly string[] =>
  PAGES.filter((page) => blocks(page, language).length > 0);
const isRequest = ({ text }: Block): boolean => text.startsWith('curl ');

let hub: HubServer;
let pictures: PictureHost;
let folder: ReadersFolder;
let server: BuiltServer;

beforeAll(async () => {
  hub = await startModelHub();
  pictures = await startPictureHost();
  folder = new ReadersFolder(hub.endpoint, pictures);
  server = await startBuiltServer(['--pictures', 'on', '--data', join(folder.path, 'server')]);
});

afterAll(async () => {
  await server.end();
  folder.remove();
  await pictures.close();
  await hub.close();
});

const ask = (path: string, headers: Record<string, string>, body: string | FormData) =>
  fetch(`${server.url}${path}`, { method: 'POST', headers, body });

const JSON_TYPE = { 'content-type': 'application/json' };

/** In the order of the page: a later query may build on an earlier one. */
test.each(pagesWith('graphql'))(
  '%s: each query is valid, and gets the answer that is shown',
  async (page) => {
    for (const { text, answer } of blocks(page, 'graphql')) {
      const body =
        answer === undefined
          ? // Named, beside one that is run in its place: only its validity is of interest.
            {
              query: `${text.replace(/^\{/, 'query Q {')} query Other { __typename }`,
              operationName: 'Other',
            }
          : { query: text };
      const response = await ask('/graphql', JSON_TYPE, JSON.stringify(body));
      expect(await response.text()).toMatch(patternOf(answer ?? '{"data":{"__typename":"Query"}}'));
    }
  },
);

// Each build of the kernels rounds in its own way: the pages show digits that all share.
test.each(['README.md', 'docs/asking.md', 'docs/classifiers.md'])(
  '%s: each request gets the answer that is shown',
  async (page) => {
    for (const { text, answer = '' } of blocks(page, 'sh').filter(isRequest)) {
      const { path, headers, body } = requestOf(text);
      const response = await ask(path, headers, body);
      expect(await response.text()).toMatch(patternOf(answer));
      const failed = response.headers.get('clipql-failed-images');
      if (failed !== null) expect(shown.get(page)).toContain(`(\`${failed}\`)`);
    }
  },
);

test('README: the command that searches a folder makes the collection that its query names', async () => {
  const commands = blocks('README.md', 'sh').map(({ text }) => text);
  const search = commands.find((text) => text.includes('search --in'));
  // The server's own data folder, as `npm start -- --data` is told to use the command's.
  expect(await folder.failureOf(`${search} --data server`)).toBeUndefined();
});

// After the requests, for what they have made is asked for.
test.each(pagesWith('graphql'))(
  '%s: queries that are shown without their answers have one',
  async (page) => {
    for (const { text, answer } of blocks(page, 'graphql')) {
      if (answer !== undefined || OTHER_HOST.test(text)) continue;
      const response = await ask('/graphql', JSON_TYPE, JSON.stringify({ query: text }));
      expect(await response.text(), text).not.toMatch(/"errors":\[\{/);
    }
  },
);

const OTHER_HOST = /https:\/\/example\.com/;

/** What curl would send. */
function requestOf(command: string) {
  const words = shellWords(command);
  const [, address = ''] = words;
  const values = (flag: string) => words.filter((_, i) => words[i - 1] === flag);
  const headers = Object.fromEntries(values('-H').map((header) => header.split(': ')));
  const path = address.replace('localhost:4000', '');
  const form = new FormData();
  // The parts that name the files come first, wherever they stand.
  for (const part of values('-F').toSorted((a, b) => Number(a[0]! < 'a') - Number(b[0]! < 'a'))) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(part) ?? [];
    form.append(name, value.startsWith('@') ? FILES[value]! : value);
  }
  return { path, headers, body: values('-d')[0] ?? form };
}

const FILES: Readonly<Record<string, Blob>> = {
  '@photo.jpg': new Blob([readFileSync(join(ROOT, 'packages/api/examples/march-pastoral.jpg'))]),
  '@photos.csv': new Blob(blocks('docs/asking.md', 'csv').map(({ text }) => `${text}\n`)),
};

test.each(pagesWith('sh'))('%s: each command works', async (page) => {
  for (const block of blocks(page, 'sh')) {
    if (isRequest(block) || NOT_RUN.test(block.text)) continue;
    expect(await folder.failureOf(block.text), block.text).toBeUndefined();
  }
});

test('each program has the right types, and runs', async () => {
  const programs = PAGES.flatMap((page) =>
    blocks(page, 'ts').map(
      ({ text, info }): Program => ({
        where: page,
        source: text.replaceAll('http://localhost:4000', server.url),
        runs: info !== 'no-run',
      }),
    ),
  );
  expect(programs.length).toBeGreaterThan(4);
  expect(await failuresOf(programs)).toEqual([]);
});

const EVERY_PAGE = globSync('**/*.md', { cwd: ROOT, exclude: ['**/node_modules/**'] });

test.each(EVERY_PAGE)('%s: each link leads to a file, and to a heading of it', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)];
  const broken = links.filter(([, file = '', anchor]) => {
    const target = file === '' ? join(ROOT, page) : join(ROOT, dirname(page), file);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

const anchorsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('the README has at most 150 lines', () => {
  expect(shown.get('README.md')!.split('\n').length).toBeLessThanOrEqual(151);
});
