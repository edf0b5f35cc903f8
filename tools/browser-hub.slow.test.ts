/** Models by id in a real browser, from a hub on this machine. */
import { type HubOptions, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { bundle, folderAt, launchChromium } from './browser/chromium.ts';
import type { LoadedFromHub, LoadFromHub } from './browser/embed.ts';
import { describeInBrowser } from './browser/page-site.ts';
import { type Site, serve } from './browser/serve.ts';
import { folderFiles } from './hub/repository.ts';
import { type HubServer, startHub } from './hub/server.ts';

const ID = 'clipql/nano';
const TEXTS = ['a photo of a sheep.', 'a boat'];
const WEIGHTS = 'model.safetensors';
/** As much of a file is kept before it is complete. */
const PART_BYTES = 4 * 1024 * 1024;

describeInBrowser('in Chromium', () => {
  let browser: Browser;
  let bundled: Awaited<ReturnType<typeof bundle>>;
  let site: Site;
  let hub: HubServer;
  let context: BrowserContext;
  let expected: readonly Float32Array[];

  beforeAll(async () => {
    const nano = await folderFiles(folderAt('models/nano'));
    const { 'tokenizer.json': _, ...lacking } = nano;
    [browser, bundled, hub, expected] = await Promise.all([
      launchChromium(),
      bundle('tools/browser'),
      startHub([
        { id: ID, revisions: { main: nano } },
        { id: 'clipql/lacking', revisions: { main: lacking } },
        { id: 'clipql/gated', revisions: { main: nano }, gated: true },
      ]),
      textsInNode(),
    ]);
    site = await serve([bundled.path]);
  });
  afterAll(async () => {
    await browser?.close();
    await bundled?.remove();
    await hub?.close();
    site?.close();
  });
  beforeEach(async () => {
    hub.requests.length = 0;
    // Each test has storage of its own.
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  async function openAt(url: string, before: () => void = () => {}): Promise<Page> {
    const page = await context.newPage();
    page.setDefaultTimeout(0);
    await page.addInitScript(before);
    await page.goto(url);
    return page;
  }

  async function openPage(before?: () => void): Promise<Page> {
    const page = await openAt(site.url, before);
    await page.waitForFunction(() => 'loadFromHub' in globalThis);
    return page;
  }

  const load = (page: Page, options: HubOptions = {}, id = ID): Promise<LoadedFromHub> =>
    page.evaluate(
      ([id, options, texts]) =>
        (globalThis as unknown as { loadFromHub: LoadFromHub }).loadFromHub(id, options, texts),
      [id, { endpoint: hub.endpoint, ...options }, TEXTS] as const,
    );

  function expectAsInNode({ texts, error }: LoadedFromHub): void {
    expect(error).toBeUndefined();
    expect(texts).toHaveLength(expected.length);
    for (const [i, want] of expected.entries()) {
      const got = texts![i]!;
      expect(Math.hypot(...got.map((value, at) => value - want[at]!))).toBeLessThan(1e-5);
    }
  }

  const cachedFiles = ({ steps }: LoadedFromHub) =>
    steps.flatMap((step) => (step.kind === 'done' && step.cached ? [step.file] : []));

  test('a model loads by its id, with progress to the last byte of each file', async () => {
    const loaded = await load(await openPage());
    expectAsInNode(loaded);
    const { size } = hub.commit(ID).files.get(WEIGHTS)!;
    const ofWeights = loaded.steps.filter((step) => step.file === WEIGHTS);
    expect(ofWeights[0]).toEqual({ kind: 'start', file: WEIGHTS, received: 0, size });
    const received = ofWeights.flatMap((step) => (step.kind === 'data' ? [step.received] : []));
    expect(received.length).toBeGreaterThan(1);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(received.at(-1)).toBe(size);
    expect(ofWeights.at(-1)).toEqual({ kind: 'done', file: WEIGHTS, size, cached: false });
    const small = loaded.steps.flatMap((step) => (step.kind === 'done' ? [step.file] : []));
    expect(small).toContain('config.json');
    expect(small).toContain('tokenizer.json');
  });

  test('in another page of the site it comes from the cache, without a request', async () => {
    await load(await openPage());
    expect(hub.requests.filter(({ server }) => server === 'store')).toHaveLength(1);
    hub.requests.length = 0;
    const again = await load(await openPage());
    expectAsInNode(again);
    expect(hub.requests).toEqual([]);
    expect(cachedFiles(again)).toContain(WEIGHTS);
    expect(again.steps.filter(({ kind }) => kind !== 'done')).toEqual([]);
  });

  test('a download that is cut goes on where it stopped', async () => {
    hub.faults.push({ kind: 'drop', at: 3_000_000 }, { kind: 'status', status: 503 });
    const loaded = await load(await openPage());
    expectAsInNode(loaded);
    const ranges = hub.requests
      .filter(({ server }) => server === 'store')
      .map(({ range }) => range);
    // What the browser had not handed over by then is lost.
    const rest = expect.stringMatching(/^bytes=[1-3]\d{6}-$/);
    expect(ranges).toEqual([undefined, rest, rest]);
    expect(loaded.steps.filter(({ kind }) => kind === 'retry')).toHaveLength(2);
  });

  /** A page that was left in the middle of the weights, two parts of which it had kept. */
  async function leaveDownload(): Promise<void> {
    hub.faults.push({ kind: 'stall', at: 9_000_000 });
    const page = await openPage();
    const left = load(page).catch(() => {});
    const parts = () =>
      page.evaluate(async () => {
        const keys = await (await caches.open('clipql')).keys();
        return keys.filter(({ url }) => url.includes('clipql-part=')).length;
      });
    await vi.waitFor(async () => expect(await parts()).toBe(2), { timeout: 60_000 });
    await page.close();
    await left;
    hub.requests.length = 0;
  }

  const rangesAsked = () =>
    hub.requests.filter(({ server }) => server === 'store').map(({ range }) => range);

  test('a download whose page was left goes on in the next one, and is hashed as a whole', async () => {
    await leaveDownload();
    const page = await openPage();
    const loaded = await load(page);
    expectAsInNode(loaded);
    expect(rangesAsked()).toEqual([`bytes=${2 * PART_BYTES}-`]);
    const [start] = loaded.steps.filter(({ kind, file }) => kind === 'start' && file === WEIGHTS);
    expect(start).toMatchObject({ received: 2 * PART_BYTES });
    hub.requests.length = 0;
    expect(cachedFiles(await load(page))).toContain(WEIGHTS);
    expect(hub.requests).toEqual([]);
  });

  test('what an earlier download left, and is not what the hub has, is refused and not used again', async () => {
    await leaveDownload();
    const page = await openPage();
    await page.evaluate(async () => {
      const cache = await caches.open('clipql');
      const keys = await cache.keys();
      const key = keys.find(({ url }) => url.includes('clipql-part=0'))!;
      const { headers, body } = (await cache.match(key))!;
      const bytes = new Uint8Array(await new Response(body).arrayBuffer());
      bytes[1_000] = bytes[1_000]! ^ 1;
      await cache.put(key, new Response(bytes, { headers }));
    });
    expect((await load(page)).error).toMatchObject({ code: 'DOWNLOAD_CORRUPT' });
    expectAsInNode(await load(page));
    expect(rangesAsked()).toEqual([`bytes=${2 * PART_BYTES}-`, undefined]);
  });

  test('a server that sends the whole in place of the rest is taken at that', async () => {
    hub.faults.push({ kind: 'drop', at: 3_000_000 }, { kind: 'whole' });
    expectAsInNode(await load(await openPage()));
  });

  test('other bytes than the hub announced are refused, and what was right is kept', async () => {
    hub.faults.push({ kind: 'flip', at: 1_000_000 });
    const page = await openPage();
    const { error } = await load(page);
    expect(error).toMatchObject({
      code: 'DOWNLOAD_CORRUPT',
      message: expect.stringMatching(
        /^model\.safetensors: .* sent sha256 \w+ where \w+ was expected/,
      ),
    });
    hub.requests.length = 0;
    const again = await load(page);
    expectAsInNode(again);
    // The small files came from the cache, the weights did not.
    expect(cachedFiles(again)).toContain('tokenizer.json');
    expect(hub.requests.filter(({ server }) => server === 'store')).toHaveLength(1);
  });

  test('a quota that is too small is refused before the download, with what to do', async () => {
    const page = await openPage(() => {
      navigator.storage.estimate = async () => ({ quota: 5_000_000, usage: 1_000_000 });
    });
    const { error } = await load(page);
    expect(error).toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(
        /^model\.safetensors takes [\d.]+ MB, and the browser has [\d.]+ MB left .*cache: false/,
      ),
    });
    expect(hub.requests.filter(({ server }) => server === 'store')).toEqual([]);
    expectAsInNode(await load(page, { cache: false }));
  });

  test.each([
    ['has no Cache Storage', () => Reflect.deleteProperty(globalThis, 'caches')],
    [
      'refuses to open it, as a private window may',
      () => {
        CacheStorage.prototype.open = () => Promise.reject(new DOMException('', 'SecurityError'));
      },
    ],
  ])('a page that %s holds the model in memory', async (_what, before) => {
    expectAsInNode(await load(await openPage(before as () => void)));
  });

  test('the example page takes a model by its id, from the cache on the next visit, and from a folder', async () => {
    const example = await bundle('examples/browser');
    onTestFinished(() => example.remove());
    const own = await serve([example.path]);
    onTestFinished(() => own.close());
    const address = `${own.url}?${new URLSearchParams({ model: ID, endpoint: hub.endpoint })}`;
    const status = async (page: Page, pattern: RegExp) => {
      await vi.waitFor(
        async () => expect(await page.locator('output').textContent()).toMatch(pattern),
        { timeout: 60_000 },
      );
      expect(await page.locator('tr').count()).toBe(4);
    };
    await status(await openAt(address), /^clipql\/nano on wasm \(one thread\): \d+ ms$/);
    hub.requests.length = 0;
    const page = await openAt(address);
    await status(page, /^clipql\/nano on wasm/);
    expect(hub.requests).toEqual([]);
    await page.locator('summary').click();
    await page.locator('input[name=model]').fill('clipql/nothing');
    await page.locator('button').click();
    await page.getByText(/^DOWNLOAD_DENIED: .* shows no model clipql\/nothing/).waitFor();
    await page.locator('input[name=files]').setInputFiles(folderAt('models/nano'));
    await page.locator('button').click();
    await status(page, /^nano on wasm/);
  });

  test.each([
    ['clipql/nothing', {}, 'DOWNLOAD_DENIED', /shows no model clipql\/nothing; check the name; if/],
    ['clipql/gated', {}, 'DOWNLOAD_DENIED', /is gated: accept its terms at .*, then pass a token/],
    [ID, { revision: 'v2' }, 'MODEL_NOT_FOUND', /has no revision v2/],
    [
      'clipql/lacking',
      {},
      'MODEL_NOT_FOUND',
      /has no tokenizer\.json and no vocab\.json with merges\.txt at revision main/,
    ],
    ['nano', {}, 'BAD_INPUT', /expected the id of a model, such as org\/name, got "nano"/],
    [ID, { revision: '../x' }, 'BAD_INPUT', /expected a branch, tag or commit/],
  ])('%s with %j is refused, and no weights are asked for', async (id, options, code, message) => {
    const { error } = await load(await openPage(), options, id);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(hub.requests.filter(({ server }) => server === 'store')).toEqual([]);
  });
});

async function textsInNode(): Promise<readonly Float32Array[]> {
  const clip = await loadClip(await modelFromFolder(folderAt('models/nano')));
  const texts = await clip.encodeTexts(TEXTS);
  clip.dispose();
  return texts;
}
