/** The page as the server sends it; tools/page.slow.test.ts uses it in a browser. */
import { readFile } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TEXTS } from '../../../page/texts.ts';
import { EXAMPLES } from '../../images/examples.ts';
import { parseSettings } from '../../settings/settings.ts';
import { startApi, type TestApi } from '../../testing/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const document = async () => (await api.fetch('/')).text();

/** The paths of the scripts, styles and icon that the document names. */
const namedFiles = (html: string) =>
  [...html.matchAll(/(?:src|href)="\.(\/page\/[^"]+)"/g)].map(([, path]) => path!);

/** The file that a script cannot run without. */
const IMPORTED = /(?:from|import) ?["'`]\.\/([\w-]+\.js)["'`]/g;

test('the document has a strict policy, and no script or style of its own', async () => {
  const response = await api.fetch('/');
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(response.headers.get('permissions-policy')).toBe(
    'camera=(self), geolocation=(), microphone=()',
  );
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  const html = await response.text();
  expect(html).not.toMatch(/<style|style=|<script(?![^>]* src=)| on\w+=/);
  expect(html).not.toMatch(/https?:/);
  expect(namedFiles(html).map((path) => path.slice(path.lastIndexOf('.')))).toEqual(
    expect.arrayContaining(['.js', '.css', '.svg']),
  );
});

test('the first view comes with the page’s one script and one style sheet', async () => {
  const code = namedFiles(await document()).filter((path) => !path.endsWith('.svg'));
  expect(code).toEqual([
    expect.stringMatching(/index-[^/]+\.js$/),
    expect.stringMatching(/index-[^/]+\.css$/),
  ]);
  const [script, style] = await Promise.all(
    code.map(async (path) => (await api.fetch(path)).text()),
  );
  expect(script).toContain(TEXTS.classify.dropHint);
  expect(script).not.toMatch(IMPORTED);
  expect(style).toContain('.add-pictures');
});

test('its files come in either coding or none, the same each time, to be kept for good', async () => {
  for (const path of namedFiles(await document())) {
    const get = async (coding: string) => {
      const response = await api.fetch(path, { headers: { 'accept-encoding': coding } });
      expect(response.status, path).toBe(200);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('vary')).toBe('accept-encoding');
      expect(response.headers.get('content-type')).toMatch(
        /^(text\/(javascript|css); charset=utf-8|image\/svg\+xml)$/,
      );
      expect(response.headers.get('content-encoding')).toBe(coding === 'none' ? null : coding);
      return Buffer.from(await response.arrayBuffer());
    };
    const plain = await get('none');
    expect(brotliDecompressSync(await get('br')).equals(plain), path).toBe(true);
    expect(gunzipSync(await get('gzip')).equals(plain), path).toBe(true);
  }
});

test('small pictures of the examples come as they are, in any coding', async () => {
  const { PAGE_FILES } = await import('./page.generated.ts');
  const folder = new URL('../../../page/examples/', import.meta.url);
  const names = Object.keys(PAGE_FILES).filter((name) => name.endsWith('.jpg'));
  expect(names).toHaveLength(EXAMPLES.length);
  for (const name of names) {
    const [, example] = /^page\/(.+)-[\w-]{8}\.jpg$/.exec(name)!;
    const picture = await readFile(new URL(`${example}.jpg`, folder));
    for (const coding of ['br', 'gzip', 'none']) {
      const response = await api.fetch(`/${name}`, { headers: { 'accept-encoding': coding } });
      expect(response.headers.get('content-type')).toBe('image/jpeg');
      const body = Buffer.from(await response.arrayBuffer());
      const unpack = { br: brotliDecompressSync, gzip: gunzipSync, none: Buffer.from }[coding]!;
      expect(picture.equals(unpack(body)), `${name} ${coding}`).toBe(true);
    }
  }
});

test('what a browser has is not sent again', async () => {
  for (const path of ['/', ...namedFiles(await document())]) {
    const etag = (await api.fetch(path)).headers.get('etag')!;
    const again = await api.fetch(path, { headers: { 'if-none-match': etag } });
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    const other = await api.fetch(path, { headers: { 'if-none-match': 'W/"other"' } });
    expect(other.status).toBe(200);
  }
});

test.each(['/page/none.js', '/page/../index.html', '/page/constructor', '/page/%00', '/page/'])(
  '%s is nothing',
  async (path) => {
    expect((await api.fetch(path)).status).toBe(404);
  },
);

test('first load takes at most 60 kB of script and style: the document’s, and the first view’s', async () => {
  const { PAGE_FILES } = await import('./page.generated.ts');
  const packed = (name: string) => Buffer.from(PAGE_FILES[`page/${name}`]!, 'base64');
  const isCode = (name: string) => /\.(js|css)$/.test(name);
  const first = new Set(namedFiles(await document()).map((path) => path.slice('/page/'.length)));
  // A set is walked to its end, which what it imports is added to.
  for (const name of first) {
    const text = name.endsWith('.js') ? brotliDecompressSync(packed(name)).toString() : '';
    for (const [, imported] of text.matchAll(IMPORTED)) first.add(imported!);
  }
  const bytes = [...first].filter(isCode).map((name) => packed(name).length);
  expect(bytes.length).toBeGreaterThan(1);
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(60_000);
});

test('the page stays in production, and is turned off by itself', async () => {
  const open = async (flags: Record<string, string>) => {
    const settings = parseSettings(flags, { NODE_ENV: 'production' });
    const other = await startApi({ settings });
    const [path] = namedFiles(await document());
    const root = await other.fetch('/');
    const found = [
      root.status,
      (await root.text()).includes('<script'),
      (await other.fetch(path!)).status,
    ];
    await other.close();
    return found;
  };
  expect(await open({})).toEqual([200, true, 200]);
  expect(await open({ page: 'off' })).toEqual([200, false, 404]);
});

test('the document says whether there is GraphiQL, and has another tag then', async () => {
  const other = await startApi({ settings: parseSettings({ graphiql: 'off' }, {}) });
  const [here, there] = [await api.fetch('/'), await other.fetch('/')];
  await other.close();
  expect(await here.text()).toContain('data-graphiql="on"');
  expect(await there.text()).toContain('data-graphiql="off"');
  expect(here.headers.get('etag')).not.toBe(there.headers.get('etag'));
});
