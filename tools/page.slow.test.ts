/** The page of the built server, in a real browser, by mouse and by keyboard. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleBytes } from '../packages/api/src/testing/api.ts';
import { type BuiltServer, startBuiltServer } from '../packages/api/src/testing/built-server.ts';
import { clipql } from '../packages/api/src/testing/command-line.ts';
import { launchChromium } from './browser/chromium.ts';
import { describeInBrowser } from './browser/page-site.ts';
import { accessibilityFaults, shownScores, visit } from './browser/visit.ts';

const SHEEP = 'march-pastoral.jpg';
const WORDS = ['mountain', 'sheep', 'boat', 'house', 'flower'];

describeInBrowser('the page', () => {
  let browser: Browser;
  let server: BuiltServer;
  let origin: Server;
  let folder: string;
  const started = () => `${server.url}/`;

  beforeAll(async () => {
    const sheep = await exampleBytes(SHEEP);
    origin = createServer((_request, response) => response.end(sheep)).listen(0, '127.0.0.1');
    await new Promise((resolve) => origin.once('listening', resolve));
    const flags = ['--allow-hosts', hostOf(origin)];
    [browser, server] = await Promise.all([launchChromium(), startBuiltServer(flags)]);
    folder = await mkdtemp(join(tmpdir(), 'clipql-page-'));
    await writeFile(join(folder, SHEEP), sheep);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end();
    origin?.close();
    await rm(folder, { recursive: true });
  });

  const example = (page: Page) => page.getByRole('button', { name: 'Example: sheep' });
  const word = (page: Page) => page.getByRole('textbox', { name: 'Add a word' });

  test('an example is one click away, its photograph is loaded then, and words count while they are typed', async () => {
    const { page } = await visit(browser, started());
    await page.waitForLoadState('networkidle');
    const loaded = () =>
      page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => new URL(name).pathname)
          .filter((path) => path.endsWith('.jpg')),
      );
    expect((await loaded()).map((path) => path.slice(0, path.lastIndexOf('/')))).toEqual(
      Array(7).fill('/page'),
    );
    await example(page).click();
    await expect.poll(loaded).toContain('/examples/march-pastoral.jpg');
    expect((await shownScores(page))[0]![0]).toBe('sheep');
    await page.getByText(/answered in [\d,]+ ms\.$/).waitFor();
    await word(page).pressSequentially('a lamb');
    await page.locator('.bars:not([data-stale])', { hasText: 'a lamb' }).waitFor();
    expect((await shownScores(page)).map(([label]) => label).sort()).toEqual(
      [...WORDS, 'a lamb'].sort(),
    );
    expect(page.url()).not.toContain('lamb');
    await page.getByRole('button', { name: 'Remove sheep' }).click();
    await word(page).press('Enter');
    await expect.poll(() => page.url()).toContain('label=a+lamb');
    expect((await shownScores(page)).map(([label]) => label)).not.toContain('sheep');
  });

  test('all of it works by keyboard alone, and is said as it happens', async () => {
    const { page } = await visit(browser, started());
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Example: sheep and lambs on a meadow');
    await page.keyboard.press('Enter');
    await page
      .getByRole('status')
      .filter({ hasText: /^sheep, \d+\.\d%$/ })
      .waitFor();
    await tabTo(page, 'Add a word');
    await page.keyboard.type('dog');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('ArrowLeft');
    expect(await focused(page)).toBe('Remove flower');
    await page.keyboard.press('Home');
    await page.keyboard.press('Delete');
    expect(await focused(page)).toBe('Remove sheep');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Backspace');
    expect(await focused(page)).toBe('Remove house');
    await page.keyboard.press('End');
    expect(await focused(page)).toBe('Add a word');
    await expect.poll(async () => (await shownScores(page)).length).toBe(3);
    await tabTo(page, 'Where is sheep?');
    await page.keyboard.press('Space');
    const said = page
      .getByRole('status')
      .filter({ hasText: 'The strongest evidence for sheep is' });
    await said.waitFor();
    await tabTo(page, 'Options');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    for (let step = 0; step < 19; step++) await page.keyboard.press('ArrowRight');
    await page.getByText('sheep is below 95.0%').last().waitFor();
    await tabTo(page, 'Copy as');
    await page.keyboard.press('Enter');
    await tabTo(page, 'curl');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Copy');
    await page.keyboard.press('Enter');
    await page.getByText('Copied.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^curl '/);
  });

  test('scores are those of the command line, to the last digit: upload, address and paste', async () => {
    const file = join(folder, SHEEP);
    const { stdout } = await clipql('classify', file, '--labels', WORDS.join(','));
    const rows = [...stdout.matchAll(/^ {2}(\w+) +([\d.]+) %/gm)];
    const expected = rows.map(([, label, figure]) => [label, `${figure}%`]);
    expect(expected).toHaveLength(WORDS.length);

    const { page } = await visit(browser, started());
    await page.locator('input[type=file]').first().setInputFiles(file);
    expect(await shownScores(page)).toEqual(expected);

    const another = /^request: http:\/\/127\.0\.0\.1:\d+\/photo$/;
    const { page: byUrl } = await visit(browser, started(), {}, another);
    const address = byUrl.getByRole('textbox', { name: 'Picture URL' });
    await address.fill(`http://${hostOf(origin)}/photo`);
    await address.press('Enter');
    expect(await shownScores(byUrl)).toEqual(expected);
    await byUrl.reload();
    expect(await shownScores(byUrl)).toEqual(expected);

    const { page: pasted } = await visit(browser, started());
    await pasted.getByText('Drop pictures here').waitFor();
    await pasted.evaluate(async (path) => {
      const blob = await (await fetch(path)).blob();
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([blob], 'pasted.jpg', { type: 'image/jpeg' }));
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }, `examples/${SHEEP}`);
    expect(await shownScores(pasted)).toEqual(expected);
  });

  test('label sets, templates and pictures that are dropped count too, and without motion where none is wanted', async () => {
    const api = async (query: string) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query });
      return (await fetch(`${server.url}/graphql`, { method: 'POST', headers, body })).json();
    };
    const set = '{ name: "farm", labels: ["sheep", "a tractor"] }';
    await api(`mutation { createLabelSet(input: ${set}) { labelSet { name } } }`);
    const { page } = await visit(browser, started(), { reducedMotion: 'reduce' });
    await page.getByText('Drop pictures here').waitFor();
    await page.evaluate(async (path) => {
      const blob = await (await fetch(path)).blob();
      const dataTransfer = new DataTransfer();
      for (const name of ['one.jpg', 'two.jpg']) dataTransfer.items.add(new File([blob], name));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
    }, `examples/${SHEEP}`);
    await page.getByText('2 of 2 pictures classified').waitFor();
    await page.getByText('Options', { exact: true }).click();
    await page.getByLabel('Templates').selectOption('ensemble');
    const image = `image: { url: "/examples/${SHEEP}" }`;
    const scores = 'scores { label probability }';
    const ensemble = await api(
      `{ classify(${image}, labels: ${JSON.stringify(WORDS)}, preset: ENSEMBLE) { ${scores} } }`,
    );
    const figures = (answer: typeof ensemble) =>
      answer.data.classify.scores.map((one: { label: string; probability: number }) => [
        one.label,
        `${(100 * one.probability).toFixed(1)}%`,
      ]);
    await expect.poll(() => shownScores(page)).toEqual(figures(ensemble));
    await page.getByLabel('Words from').selectOption('set:farm');
    const farm = await api(`{ classify(${image}, labelSet: "farm") { ${scores} } }`);
    await expect.poll(() => shownScores(page)).toEqual(figures(farm));
    expect(page.url()).toContain('set=farm');
    const motion = await page.evaluate(() =>
      [...document.querySelectorAll('*')].filter(
        (element) => getComputedStyle(element).transitionDuration !== '0s',
      ),
    );
    expect(motion).toEqual([]);
  });

  test('axe finds nothing at any state, in light and in dark, and nothing scrolls sideways at 320 pixels', async () => {
    const viewport = { width: 320, height: 640 };
    const { page } = await visit(browser, started(), { viewport, hasTouch: true });
    const sound = async (state: string) => {
      expect(await accessibilityFaults(page), state).toEqual([]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, state).toBe(320);
    };
    await page.getByRole('button', { name: 'Example: sheep' }).waitFor();
    await page.getByText('Take a photo').waitFor();
    await sound('empty');
    await example(page).click();
    await shownScores(page);
    await sound('answered');
    await page.getByRole('button', { name: 'Where is sheep?' }).click();
    await page.locator('.heat').waitFor();
    for (const title of ['Options', 'Copy as', 'Copy the map as'])
      await page.getByText(title, { exact: true }).click();
    await page.getByLabel('Templates').selectOption('own');
    await sound('everything open');
    const address = page.getByRole('textbox', { name: 'Picture URL' });
    await address.fill('http://10.0.0.1/x.jpg');
    await address.press('Enter');
    const refused = page.locator('.tile', { hasText: 'Refused' });
    await refused.click();
    await page.getByText('has a private or reserved address').first().waitFor();
    await page.getByText('The picture is not shown, because the server has not read it.').waitFor();
    await sound('several, one refused');
    await page.getByRole('link', { name: 'Status' }).click();
    await page.getByText('Pictures per second').waitFor();
    await sound('status');
    await page.getByRole('link', { name: 'API' }).click();
    for (const path of ['/v1/embeddings', '/invocations']) await page.getByText(path).click();
    await sound('reference');
    expect(await page.getByRole('region', { name: 'API' }).textContent()).not.toContain('`');
  });

  test('a view whose code does not come is asked for again', async () => {
    const { page } = await visit(browser, started(), {}, /net::ERR_FAILED/);
    const code = '**/reference-view*.js';
    await page.route(code, (route) => route.abort());
    await page.getByRole('link', { name: 'API' }).click();
    await page.getByRole('alert').getByText('could not be loaded').waitFor();
    await page.unroute(code);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'HTTP API' }).waitFor();
  });

  test('where a label is, is seen on a narrow screen too', async () => {
    const { page } = await visit(browser, started(), { viewport: { width: 390, height: 700 } });
    await example(page).click();
    await shownScores(page);
    const picture = page.locator('.stage-frame');
    const place = async () => {
      const { y, height } = (await picture.boundingBox())!;
      return { isAbove: y < 0, isBelow: y + height > 700 };
    };
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    expect((await place()).isAbove).toBe(true);
    await page.getByRole('button', { name: 'Where is sheep?' }).click();
    await page.locator('.heat').waitFor();
    await expect.poll(place).toEqual({ isAbove: false, isBelow: false });
  });

  test('while the database is away, Status says so and shows the models and limits', async () => {
    const { page } = await visit(browser, `${started()}#/reference`);
    const sentence = 'The database cannot be read now.';
    await page.route('**/graphql', async (route) => {
      const isKept = route.request().postData()?.includes('labelSets');
      if (!isKept) return route.continue();
      const extensions = { code: 'STORE_UNAVAILABLE' };
      await route.fulfill({ json: { data: null, errors: [{ message: sentence, extensions }] } });
    });
    await page.getByRole('link', { name: 'Status' }).click();
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor();
    await page.getByText('Loaded', { exact: true }).waitFor();
    await page.getByText('Characters per word').waitFor();
  });

  test('what is hostile is shown as text', async () => {
    const { page } = await visit(browser, started(), {}, /^request: http:\/\/127/);
    const label = '<img src=x onerror=alert(1)><b>bold</b>';
    const long = `\u202e${'x'.repeat(8_000)}`;
    const name = `${'\u202egpj.'}<script>alert(1)</script>`;
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: `${name}.jpg`,
        mimeType: 'image/jpeg',
        buffer: await exampleBytes(SHEEP),
      });
    await word(page).fill(label);
    await word(page).press('Enter');
    await word(page).fill(long);
    await word(page).press('Enter');
    await expect.poll(async () => (await shownScores(page)).length).toBe(WORDS.length + 2);
    const labels = (await shownScores(page)).map(([text]) => text);
    expect(labels).toEqual(expect.arrayContaining([label, long]));
    await page.getByText(`${name}.jpg`).first().waitFor();
    expect(await page.locator('main :is(b, script)').count()).toBe(0);
    const address = page.getByRole('textbox', { name: 'Picture URL' });
    await address.fill(`http://${hostOf(origin)}/"><b>x</b>${'y'.repeat(8_000)}`);
    await address.press('Enter');
    await page.locator('.tile').nth(1).waitFor();
    expect(await page.locator('main :is(b, script)').count()).toBe(0);
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
    expect(scrollWidth).toBe(clientWidth);
  });

  test('the address brings back what was on the screen, and another view leaves it there', async () => {
    const { page } = await visit(browser, started());
    await example(page).click();
    await word(page).fill('a shepherd, walking');
    await word(page).press('Enter');
    const before = await shownScores(page);
    await page.getByRole('link', { name: 'Status' }).click();
    await page.getByText('Loaded', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Classify' }).click();
    expect(await shownScores(page)).toEqual(before);
    await page.reload();
    expect(await shownScores(page)).toEqual(before);
    await page.getByRole('link', { name: 'ClipQL' }).click();
    await page.getByText('Drop pictures here').waitFor();
    await page.goBack();
    expect(await shownScores(page)).toEqual(before);
  });
});

const hostOf = (origin: Server) => `127.0.0.1:${(origin.address() as AddressInfo).port}`;

/** The accessible name of what has the focus. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });

/** Presses Tab until this has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 60; step++) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`expected ${name} to be reached by Tab, got ${await focused(page)}`);
}
