/** The page’s Search view on the built server, in a real browser, by mouse and by keyboard. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { exampleBytes } from '../packages/api/src/testing/api.ts';
import { type BuiltServer, startBuiltServer } from '../packages/api/src/testing/built-server.ts';
import { launchChromium } from './browser/chromium.ts';
import { describeInBrowser } from './browser/page-site.ts';
import { accessibilityFaults, visit } from './browser/visit.ts';

const SHEEP = 'march-pastoral.jpg';
const BOATS = 'nagasaki-boats.jpg';

describeInBrowser('the Search view', () => {
  let browser: Browser;
  let server: BuiltServer;
  let origin: Server;
  let folder: string;
  /** How the origin of addresses answers. */
  let answer: 'picture' | 'nothing' | 'never';
  const search = (query = '') => `${server.url}/#/search${query}`;
  const address = (name: string) =>
    `http://127.0.0.1:${(origin.address() as AddressInfo).port}/${name}`;

  beforeAll(async () => {
    const sheep = await exampleBytes(SHEEP);
    origin = createServer((_request, response) => {
      if (answer === 'never') return;
      response.statusCode = answer === 'picture' ? 200 : 404;
      response.end(answer === 'picture' ? sheep : '');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => origin.once('listening', resolve));
    const flags = ['--allow-hosts', new URL(address('')).host];
    [browser, server] = await Promise.all([launchChromium(), startBuiltServer(flags)]);
    folder = await mkdtemp(join(tmpdir(), 'clipql-page-'));
  });
  beforeEach(() => {
    answer = 'picture';
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end();
    origin?.closeAllConnections();
    origin?.close();
    await rm(folder, { recursive: true });
  });

  /** Asks the server without the page. */
  async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  }

  const keys = (page: Page) => page.locator('.hits:not([data-stale]) .hit-key').allTextContents();
  const count = (page: Page, text: string | RegExp) =>
    page.locator('.found-count').filter({ hasText: text }).waitFor();
  const weight = (page: Page, name: string) =>
    page.getByRole('slider', { name: `Weight of ${name}` });

  /** Opens a collection of its own, with nothing in it. */
  async function opened(name: string, options = {}, may?: RegExp): Promise<Page> {
    const { page } = await visit(browser, search(), options, may);
    const field = page.getByRole('textbox', { name: 'Name' });
    const button = page.getByRole('button', { name: 'New collection' });
    await field.or(button).first().waitFor();
    if (await button.isVisible()) await button.click();
    await field.fill(name);
    await field.press('Enter');
    await page.waitForURL(`**/#/search?in=${name}`);
    await count(page, '0 pictures in all');
    return page;
  }

  test('the samples are one click away, and are found by words while these are typed', async () => {
    const { page } = await visit(browser, search());
    await page.getByRole('button', { name: 'Try the sample photos' }).click();
    await count(page, '7 pictures in all');
    expect(await page.locator('.hit-picture img').first().getAttribute('src')).toMatch(
      /^thumbnails\/samples\//,
    );
    await page.getByRole('searchbox', { name: 'Words' }).pressSequentially('sheep');
    await count(page, '1 picture found');
    await expect.poll(() => keys(page)).toEqual([SHEEP]);
    expect(page.url()).not.toContain('sheep');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toContain('term=text%3A1%3Asheep');
    await page.reload();
    await count(page, '1 picture found');
    await expect.poll(() => keys(page)).toEqual([SHEEP]);
  });

  test('the line over the scores is moved by arrow keys and by mouse, and stays in the address', async () => {
    const { page } = await visit(browser, search('?in=samples&term=text:1:sheep'));
    await count(page, '1 picture found');
    const line = page.getByRole('slider', { name: 'Move the cutoff' });
    expect(await line.getAttribute('aria-valuetext')).toBe('1 of 7 pictures');
    await line.focus();
    await page.keyboard.press('Home');
    await count(page, '7 pictures found');
    await expect.poll(() => page.url()).toContain('cut=all');
    await page.keyboard.press('ArrowRight');
    await count(page, '6 pictures found');
    const { x, y, width, height } = (await line.boundingBox())!;
    await page.mouse.move(x + 12, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.95, y + height / 2, { steps: 4 });
    const shown = await line.getAttribute('aria-valuetext');
    await page.mouse.up();
    await count(page, `${shown?.split(' ')[0]} picture`);
    await expect.poll(() => page.url()).toMatch(/cut=0\.\d+/);
    await page.reload();
    await count(page, `${shown?.split(' ')[0]} picture`);
    await page.getByRole('button', { name: 'Automatic' }).click();
    await count(page, '1 picture found');
  });

  test('more and less like a hit: by keyboard, by its dialog, and by dragging it into the query', async () => {
    const { page } = await visit(browser, search('?in=samples'));
    await count(page, '7 pictures in all');
    await page.getByRole('button', { name: `More like ${BOATS}` }).focus();
    await page.keyboard.press('Enter');
    await weight(page, BOATS).waitFor();
    await count(page, '7 pictures found');
    await expect.poll(async () => (await keys(page))[0]).toBe(BOATS);
    await weight(page, BOATS).focus();
    await page.keyboard.press('Home');
    await expect.poll(async () => (await keys(page)).at(-1)).toBe(BOATS);

    await page.getByRole('button', { name: `About ${SHEEP}` }).click();
    await page.getByRole('dialog').getByText('Peter Henry Emerson').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'More like this' }).click();
    await expect.poll(async () => (await keys(page))[0]).toBe(SHEEP);

    const hit = page.locator('.hits li', { hasText: 'black-canyon.jpg' });
    await hit.locator('.hit-facts').hover();
    await page.mouse.down();
    await page.mouse.move(300, 300, { steps: 4 });
    await page.locator('.like-zone', { hasText: 'Less like this' }).hover();
    await page.mouse.up();
    await expect.poll(() => weight(page, 'black-canyon.jpg').inputValue()).toBe('-1');
    expect(await page.locator('.like-zones').isVisible()).toBe(false);
  });

  test('filters are added and removed, a picture is a term, and the copied text finds the same', async () => {
    const { page } = await visit(browser, search('?in=samples&cut=all'));
    await page.getByText('Filters').click();
    await page.getByLabel('Field').selectOption('year');
    await page.getByRole('combobox', { name: 'Comparison' }).selectOption('is at most');
    await page.getByLabel('Value').fill('1871');
    await page.getByRole('button', { name: 'Add filter' }).click();
    await count(page, /^3 pictures$/);
    await page
      .locator('.search-side input[type=file]')
      .first()
      .setInputFiles({
        name: 'mine.jpg',
        mimeType: 'image/jpeg',
        buffer: await exampleBytes(BOATS),
      });
    await count(page, '3 pictures found');
    const found = await keys(page);
    expect(found[0]).toBe(BOATS);
    await page.getByRole('button', { name: 'Remove mine.jpg' }).press('Enter');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('search');
    await page.getByRole('textbox', { name: 'Picture URL' }).fill(`/examples/${BOATS}`);
    await page.keyboard.press('Enter');
    await count(page, '3 pictures found');
    await page.getByText('Copy as').click();
    const query = await page.getByRole('textbox', { name: 'As GraphQL' }).inputValue();
    const { search: copied } = await ask<{
      readonly search: { readonly edges: readonly { readonly node: { readonly key: string } }[] };
    }>(query);
    expect(copied.edges.map(({ node }) => node.key)).toEqual(found);
    await page.getByRole('button', { name: /^Remove the filter year/ }).click();
    await count(page, '7 pictures found');
  });

  test('a folder is indexed, what is no picture is said, and duplicates are grouped', async () => {
    const page = await opened('folder');
    await mkdir(join(folder, 'trip', 'sea'), { recursive: true });
    const boats = await exampleBytes(BOATS);
    await writeFile(join(folder, 'trip', 'a.jpg'), boats);
    await writeFile(join(folder, 'trip', 'sea', 'b.jpg'), boats);
    await writeFile(join(folder, 'trip', 'notes.txt'), 'no picture');
    await page.locator('input[webkitdirectory]').setInputFiles(join(folder, 'trip'));
    await page.getByText('trip/notes.txt is not a picture.').waitFor();
    await count(page, '2 pictures in all');
    await expect.poll(() => keys(page)).toEqual(['trip/a.jpg', 'trip/sea/b.jpg']);
    await page.getByRole('button', { name: 'Duplicates' }).click();
    await page.getByRole('status').filter({ hasText: '1 group' }).waitFor();
    await page.getByText('trip/a.jpg and 1 other').waitFor();
    await page.reload();
    await page.getByText('trip/a.jpg and 1 other').waitFor();
    await page.getByRole('button', { name: 'Same file' }).click();
    await page.getByText('trip/a.jpg and 1 other').waitFor();
    await page.getByText('Similarity 1.000').waitFor();
  });

  test('a job is followed, paused, resumed and cancelled', async () => {
    const page = await opened('slow');
    answer = 'never';
    await page.getByLabel('Addresses, one per line').fill(address('1'));
    await page.getByRole('button', { name: 'Add 1 address' }).click();
    const job = page.getByRole('article', { name: 'Adding pictures' });
    await job.getByText('in progress · 0 of 1').waitFor();
    await job.getByRole('button', { name: 'Pause' }).click();
    await job.getByText('paused ·').waitFor();
    await job.getByRole('button', { name: 'Resume' }).click();
    await job.getByText('in progress ·').waitFor();
    await job.getByRole('button', { name: 'Cancel' }).click();
    await job.waitFor({ state: 'detached' });
  });

  test('more jobs than a browser opens connections leave the page usable', async () => {
    answer = 'never';
    await ask('mutation { createCollection(input: { name: "busy" }) { errors { code } } }');
    const ids: string[] = [];
    for (let i = 0; i < 8; i++) {
      const { startIndex } = await ask<{ readonly startIndex: { readonly job: { id: string } } }>(
        'mutation ($url: String!) { startIndex(input: { collection: "busy", items: [{ key: "a", url: $url }] }) { job { id } } }',
        { url: address(String(i)) },
      );
      ids.push(startIndex.job.id);
    }
    const { page } = await visit(browser, search('?in=busy'));
    const jobs = page.getByRole('article', { name: 'Adding pictures' });
    await expect.poll(() => jobs.count()).toBe(8);
    await page.getByLabel('Collection').selectOption('samples');
    await page.getByRole('searchbox', { name: 'Words' }).fill('sheep');
    await count(page, '1 picture found');
    await page.getByLabel('Collection').selectOption('busy');
    // Those that are paused keep no connection, and the others are followed.
    for (let paused = 1; paused <= 4; paused++) {
      await jobs.getByRole('button', { name: 'Pause' }).last().click();
      await expect.poll(() => jobs.getByText('paused ·').count()).toBe(paused);
    }
    for (const id of ids)
      await ask('mutation ($id: ID!) { cancelJob(input: { id: $id }) { errors { code } } }', {
        id,
      });
    await expect.poll(() => jobs.getByRole('button', { name: 'Pause' }).count()).toBe(0);
  });

  test('failures are listed with the server’s sentences and tried again; hostile addresses are text', async () => {
    const page = await opened('failing', { viewport: { width: 320, height: 700 } });
    answer = 'nothing';
    const hostile = address(`"><img src=x onerror=alert(1)><b>${'\u202e'}${'x'.repeat(3_000)}`);
    await page.getByLabel('Addresses, one per line').fill(`${address('good.jpg')}\n${hostile}`);
    await page.getByRole('button', { name: 'Add 2 addresses' }).click();
    const job = page.getByRole('article', { name: 'Adding pictures' });
    await job.getByText('done · 2 of 2 · 2 failed').waitFor();
    await job.getByText('Failures (2)').click();
    await job.getByText(address('good.jpg'), { exact: true }).waitFor();
    await job.getByText('status 404').first().waitFor();
    expect(await page.locator('main b').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    answer = 'picture';
    await job.getByRole('button', { name: 'Try them again' }).click();
    await job.waitFor({ state: 'detached' });
    await count(page, '2 pictures in all');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });

  test('axe finds nothing at any state, in light and in dark, and nothing scrolls sideways at 320 pixels', async () => {
    const viewport = { width: 320, height: 640 };
    const { page } = await visit(browser, search('?in=samples'), { viewport });
    const sound = async (state: string) => {
      expect(await accessibilityFaults(page), state).toEqual([]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, state).toBe(320);
    };
    await count(page, '7 pictures in all');
    for (const title of ['Filters', 'Add pictures', 'Copy as'])
      await page.getByText(title, { exact: true }).click();
    await sound('everything open');
    const words = page.getByRole('searchbox', { name: 'Words' });
    await words.fill('sheep');
    await words.press('Enter');
    await count(page, '1 picture found');
    await page.getByRole('button', { name: `Less like ${SHEEP}` }).click();
    await weight(page, SHEEP).waitFor();
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await count(page, '7 pictures found');
    await sound('found');
    await page.getByRole('button', { name: `About ${SHEEP}` }).click();
    await page.getByRole('dialog').waitFor();
    await sound('an item');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Duplicates' }).click();
    await page.getByRole('status').filter({ hasText: 'No duplicates.' }).waitFor();
    await sound('duplicates');
    await page.getByRole('button', { name: 'New collection' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('No such name!');
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .filter({ hasText: /^Expected .* got "no-such-name!"/ })
      .waitFor();
    await sound('refused');
  });

  test('more comes when the end is reached, and by the button alone where less motion is wished', async () => {
    await ask('mutation { createCollection(input: { name: "long" }) { errors { code } } }');
    const items = Array.from({ length: 60 }, (_, i) => ({
      key: `${100 + i}`,
      image: { url: `/examples/${SHEEP}` },
    }));
    await ask(
      'mutation ($items: [UpsertItem!]!) { upsertItems(input: { collection: "long", items: $items }) { errors { code } } }',
      { items },
    );
    const { page } = await visit(browser, search('?in=long'));
    await count(page, '60 pictures in all');
    await page.mouse.wheel(0, 10_000);
    await expect.poll(async () => (await keys(page)).length).toBe(60);
    await expect.poll(() => keys(page)).toEqual(items.map(({ key }) => key));

    const { page: still } = await visit(browser, search('?in=long&term=item:1:100&cut=all'), {
      reducedMotion: 'reduce',
    });
    await count(still, '60 pictures found');
    const more = still.getByRole('button', { name: 'Show more' });
    await more.scrollIntoViewIfNeeded();
    await still.waitForTimeout(500);
    expect((await keys(still)).length).toBe(48);
    await more.focus();
    await still.keyboard.press('Enter');
    await expect.poll(async () => (await keys(still)).length).toBe(60);
    expect(new Set(await keys(still)).size).toBe(60);
  });

  test('a server that wants a key is asked with it, for pictures and for what is followed too', async () => {
    const hash = createHash('sha256').update('secret').digest('hex');
    const guarded = await startBuiltServer([], { CLIPQL_API_KEYS: `me:${hash}` });
    onTestFinished(() => guarded.end());
    const refused = /^error: .* 401 /;
    const { page } = await visit(browser, `${guarded.url}/#/search`, {}, refused);
    const dialog = page.getByRole('dialog', { name: 'This server asks for a key' });
    await dialog.getByLabel('Key').fill('secret');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Try the sample photos' }).click();
    await count(page, '7 pictures in all');
    const picture = page.locator('.hit-picture img').first();
    await picture.waitFor();
    expect(await picture.getAttribute('src')).toMatch(/^blob:/);
    expect(await picture.evaluate((image: HTMLImageElement) => image.decode())).toBeUndefined();
    expect(page.url()).not.toContain('secret');
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  });

  test('a collection is deleted once that is confirmed, and an address of it says so', async () => {
    const page = await opened('brief');
    await page.getByRole('button', { name: 'Delete this collection' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete brief?' });
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Delete this collection' }).click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.goto(search('?in=brief'));
    await page.getByRole('alert').getByText('There is no collection “brief”.').waitFor();
    await page.getByRole('alert').getByRole('button', { name: 'samples' }).click();
    await count(page, '7 pictures in all');
  });
});
