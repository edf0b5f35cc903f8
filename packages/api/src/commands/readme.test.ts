import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startApi, type TestApi } from '../testing/api.ts';

let api: TestApi;
let readme: string;

beforeAll(async () => {
  readme = await readFile(new URL('../../../../README.md', import.meta.url), 'utf8');
  api = await startApi();
});

afterAll(() => api.close());

/** What is asked, and what the README says of the answer. */
interface Example {
  readonly path: string;
  readonly body: string;
  readonly answer: string;
}

const QUERY = /```graphql\n([^`]+)```\n+```json\n(.+)\n```/g;
const CURL = /curl localhost:4000(\S+) -H '[^']+' -d '([^']+)'\n```\n+```json\n(.+)\n```/g;

/** In the order of the README: a later one may build on an earlier one. */
function examples(): readonly Example[] {
  const queries = [...readme.matchAll(QUERY)].map(([, query, answer]) => ({
    path: '/graphql',
    body: JSON.stringify({ query }),
    answer: answer!,
  }));
  const posts = [...readme.matchAll(CURL)].map(([, path, body, answer]) => ({
    path: path!,
    body: body!,
    answer: answer!,
  }));
  return [...queries, ...posts];
}

/** An answer in which … stands for what is left out. */
const patternOf = (answer: string): RegExp =>
  new RegExp(`^${answer.split('…').map(escaped).join('.*?')}$`);

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

// Each build of the kernels rounds in its own way: the README shows digits that all share.
test('every answer that the README shows is the one that comes', async () => {
  const shown = examples();
  expect(shown.length).toBeGreaterThanOrEqual(7);
  const failures: string[] = [];
  for (const { path, body, answer } of shown) {
    const headers = { 'content-type': 'application/json' };
    const response = await api.fetch(path, { method: 'POST', headers, body });
    expect(await response.text()).toMatch(patternOf(answer));
    const failed = response.headers.get('clipql-failed-images');
    if (failed !== null) failures.push(`(\`${failed}\`)`);
  }
  expect(failures).toHaveLength(1);
  expect(readme).toContain(failures[0]);
});

test('the program that the README shows gets an answer', async () => {
  const [, program] = /```ts\n([^\0]+?fetch\('http:\/\/localhost:4000[^\0]+?)```/.exec(readme)!;
  vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
    api.fetch(new URL(url).pathname, init),
  );
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  const module = `${program}\nexport { data, errors };`;
  expect(await import(`data:text/javascript,${encodeURIComponent(module)}`)).toMatchObject({
    data: { classifyMany: [{ label: 'sheep' }] },
    errors: undefined,
  });
});
