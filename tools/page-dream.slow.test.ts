/** Dream, on the page of the built server, in a real browser, by mouse and by keyboard. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { exampleBytes } from '../packages/api/src/testing/api.ts';
import { startBuiltServer } from '../packages/api/src/testing/built-server.ts';
import { folderAt } from './browser/chromium.ts';
import { COPIED_FILE, runCopies } from './browser/copies.ts';
import { describeInBrowser, drawingFlags, pageSite } from './browser/page-site.ts';
import { accessibilityFaults, drop, visit } from './browser/visit.ts';

/** A picture takes seconds, or minutes where others need the processor. */
const DRAWN = { timeout: 240_000 };

const MARKUP = '<img src=x onerror=alert(1)><b>bold</b>';

describeInBrowser('Dream', () => {
  const site = pageSite({ flags: drawingFlags });
  const dream = (query = '') => `${site.server.url}/#/dream${query}`;

  beforeAll(async () => {
    await writeFile(join(site.folder, COPIED_FILE), await exampleBytes('march-pastoral.jpg'));
  });

  const words = (page: Page) => page.getByRole('textbox', { name: 'Words' });
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const drawing = (page: Page) => page.getByRole('article', { name: 'The picture' });
  const state = (page: Page, text: string) =>
    drawing(page).getByRole('status').filter({ hasText: text }).waitFor();
  const shownAddress = (page: Page) => drawing(page).locator('img').getAttribute('src');

  const pictureBytes = async (path: string) => {
    const response = await fetch(`${site.server.url}/${path.replace(/^\//, '')}`);
    return Buffer.from(await response.arrayBuffer());
  };

  test('words are drawn, step by step, and the picture is kept, saved and deleted', async () => {
    const { page } = await visit(site.browser, dream('?seed=1&size=64&quality=DRAFT'));
    await page.getByText('draw nudity for innocent words').waitFor();
    expect(await button(page, 'Draw it').isDisabled()).toBe(true);
    await words(page).fill('a sheep');
    await button(page, 'Draw it').click();
    await drawing(page).locator('img').waitFor();
    const looks = new Set<string | null>();
    const isDone = async () => {
      looks.add(await shownAddress(page));
      return (await drawing(page).getByRole('status').textContent()) === 'done';
    };
    await expect.poll(isDone, DRAWN).toBe(true);
    expect(looks.size).toBeGreaterThan(1);
    expect(await shownAddress(page)).toMatch(/^pictures\/.+\.png\?step=50$/);
    await drawing(page).getByText('done · step 50 of 50').waitFor();
    for (const figure of ['Loss', 'Score', 'Seed'])
      await drawing(page).getByText(figure, { exact: true }).waitFor();
    expect(await page.getByText('draw nudity').count()).toBe(0);
    expect(
      await drawing(page)
        .locator('img')
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    ).toBe(64);

    const saving = page.waitForEvent('download');
    await button(page, 'Download').click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe('a-sheep.png');
    const bytes = await readFile(await saved.path());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');

    await page.reload();
    await drawing(page).getByText('done · step 50 of 50').waitFor();
    expect(page.url()).toContain('prompt=1%3Aa+sheep');
    await button(page, 'Delete …').click();
    await button(page, 'Keep it').click();
    await button(page, 'Delete …').click();
    await button(page, 'Delete it').click();
    await page.getByText('Your picture will appear here.').waitFor();
    await expect.poll(() => page.url()).not.toContain('picture=');
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('the settings of a picture draw the same one again, also those that the page does not offer', async () => {
    const input =
      '{ prompts: [{ text: "a sheep", weight: 2 }], negativePrompts: [{ text: "fog", weight: 1.5 }], quality: DRAFT, size: 72, seed: 8 }';
    const query = `mutation { startPicture(input: ${input}) { picture { id } } }`;
    const response = await fetch(`${site.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { id } = (await response.json()).data.startPicture.picture as { readonly id: string };
    const { page } = await visit(
      site.browser,
      dream(`?seed=1&keep=0.9&from=/examples/march-pastoral.jpg&picture=${id}`),
    );
    await state(page, 'done');
    const firstAddress = (await shownAddress(page))!;
    const first = await pictureBytes(firstAddress);
    await words(page).fill('a boat');
    await button(page, 'Use these settings').click();
    await page.getByRole('status').filter({ hasText: 'The settings are filled in.' }).waitFor();
    expect(await words(page).inputValue()).toBe('');
    await expect.poll(() => page.url(), DRAWN).toContain('prompt=2');
    await page.reload();
    for (const weight of ['+2', '−1.5'])
      await page.locator('.terms').getByText(weight, { exact: true }).waitFor();
    await button(page, 'Draw it').click();
    await expect.poll(() => page.url(), DRAWN).not.toContain(id);
    // The one before it is shown as done until the new one is known.
    await expect.poll(() => shownAddress(page), DRAWN).not.toBe(firstAddress);
    await state(page, 'done');
    expect((await pictureBytes((await shownAddress(page))!)).equals(first)).toBe(true);
    // To draw the same once more would give the same picture once more.
    const isTheSame = () => /[?&]seed=8(&|$)/.test(page.url());
    await expect.poll(isTheSame).toBe(true);
    await button(page, 'Draw it').click();
    await expect.poll(isTheSame, DRAWN).toBe(false);
    await button(page, 'Cancel').click();
    await state(page, 'cancelled');
  });

  test('a dropped folder gives the picture to begin with, which is left to the server if it cannot be redrawn', async () => {
    const trip = join(site.folder, 'trip');
    await mkdir(trip);
    await writeFile(join(trip, '.DS_Store'), 'no picture');
    await writeFile(join(trip, 'sheep.jpg'), await exampleBytes('march-pastoral.jpg'));
    const { page } = await visit(site.browser, dream('?seed=9&size=64&quality=DRAFT'));
    await page.evaluate(() => {
      OffscreenCanvas.prototype.convertToBlob = () => Promise.reject(new DOMException('no memory'));
    });
    await words(page).fill('a boat');
    await drop(page, trip);
    await page.locator('.start-name', { hasText: 'sheep.jpg' }).waitFor();
    await expect.poll(() => button(page, 'Draw it').isEnabled(), DRAWN).toBe(true);
  });

  test('by keyboard alone: words with weights, pause, go on, cancel', async () => {
    const { page } = await visit(site.browser, dream('?seed=2&size=64&quality=FINE'));
    await words(page).focus();
    await page.keyboard.type('a boat');
    await page.keyboard.press('Enter');
    await page.keyboard.type('a meadow');
    await page.keyboard.press('Enter');
    await page.getByRole('slider', { name: 'Weight of a meadow' }).focus();
    await page.keyboard.press('Home');
    await button(page, 'Draw it').focus();
    await page.keyboard.press('Enter');
    await drawing(page).getByText('a boat, not a meadow').waitFor();
    await drawing(page).locator('img').waitFor();
    await button(page, 'Pause').focus();
    await page.keyboard.press('Space');
    await state(page, 'paused');
    await page.locator('.dream-tile', { hasText: /paused · step \d+ of 400/ }).waitFor();
    await button(page, 'Resume').focus();
    await page.keyboard.press('Enter');
    const before = await drawing(page).getByRole('progressbar').getAttribute('value');
    await expect
      .poll(async () => Number(await drawing(page).getByRole('progressbar').getAttribute('value')))
      .toBeGreaterThan(Number(before));
    await button(page, 'Cancel').focus();
    await page.keyboard.press('Enter');
    await state(page, 'cancelled');
    await button(page, 'Use these settings').focus();
    await page.keyboard.press('Enter');
    expect(await page.getByRole('slider', { name: 'Weight of a meadow' }).inputValue()).toBe('-1');
  });

  test('what is copied draws the picture on the screen, to the byte', async () => {
    const query = `?seed=3&size=64&quality=DRAFT&keep=0.25&prompt=1:it's a "boat"&prompt=0.5:<b>$HOME</b>&prompt=-0.3:fog`;
    const { page } = await visit(site.browser, dream(query));
    await page.locator('.dream input[type=file]').setInputFiles(join(site.folder, COPIED_FILE));
    await page.getByText(COPIED_FILE).first().waitFor();
    await button(page, 'Draw it').click();
    await state(page, 'done');
    const drawn = async (path: string) =>
      createHash('sha256')
        .update(await pictureBytes(path))
        .digest('hex');
    const shown = await drawn((await shownAddress(page))!);
    type Started = { readonly picture: { readonly id: string } };
    const copies = await runCopies<Started>(page, { url: site.server.url, folder: site.folder });
    for (const [language, { picture }] of copies) {
      const found = async () => {
        const id = JSON.stringify(picture.id);
        const body = JSON.stringify({ query: `{ picture(id: ${id}) { state imageUrl } }` });
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${site.server.url}/graphql`, { method: 'POST', headers, body });
        return (await answer.json()).data.picture as { state: string; imageUrl: string };
      };
      await expect
        .poll(async () => (await found()).state, { message: language, ...DRAWN })
        .toBe('DONE');
      expect(await drawn((await found()).imageUrl), language).toBe(shown);
    }
  });

  test('several are drawn one after another, and each is opened from the gallery', async () => {
    const { page } = await visit(site.browser, dream('?seed=4&size=64&quality=DRAFT'));
    for (const text of ['a house', 'a flower']) {
      await words(page).fill(text);
      await button(page, 'Draw it').click();
      await drawing(page).getByText(text).first().waitFor();
      await button(page, `Remove ${text}`).click();
    }
    const first = page
      .getByRole('region', { name: 'Your pictures' })
      .locator('button', { hasText: 'a house' });
    await first.click();
    await state(page, 'done');
    await page
      .getByRole('region', { name: 'Your pictures' })
      .locator('button', { hasText: 'a flower' })
      .click();
    await state(page, 'done');
    await first.click();
    await drawing(page).getByText('a house').first().waitFor();
    await page.reload();
    await drawing(page).getByText('a house').first().waitFor();
    expect(
      await page.getByRole('region', { name: 'Your pictures' }).locator('button').count(),
    ).toBeGreaterThan(1);
  });

  test('what the server refuses is said in its words, and hostile words are text, at 320 pixels', async () => {
    const viewport = { width: 320, height: 640 };
    const { page } = await visit(site.browser, dream('?seed=5&size=64&quality=DRAFT'), {
      viewport,
    });
    const sound = async (name: string) => {
      expect(await page.locator('main :is(b, img[src="x"])').count(), name).toBe(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(320);
      expect(await accessibilityFaults(page), name).toEqual([]);
    };
    await words(page).waitFor();
    await sound('empty');
    for (const title of ['Options', 'Start from a picture'])
      await page.getByText(title, { exact: true }).click();
    await page.getByRole('textbox', { name: 'Picture URL' }).fill('/examples/march-pastoral.jpg');
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: 'The picture to start from' }).waitFor();
    await sound('everything open');
    await words(page).fill('x'.repeat(8_000));
    await button(page, 'Draw it').click();
    await page.getByRole('alert').filter({ hasText: '300 characters' }).waitFor();
    expect(await words(page).inputValue()).toBe('x'.repeat(8_000));
    await words(page).press('Enter');
    await sound('refused');
    await button(page, `Remove ${'x'.repeat(8_000)}`).click();
    await words(page).fill(`\u202e${MARKUP}`);
    await button(page, 'Draw it').click();
    await drawing(page).getByText(MARKUP).first().waitFor();
    await state(page, 'done');
    await page.locator('.copy-as summary').click();
    await sound('done');
    await button(page, 'Delete …').click();
    await sound('to be deleted');
  });

  test('a server that wants a key shows and saves pictures with it', async () => {
    const hash = createHash('sha256').update('secret').digest('hex');
    const guarded = await startBuiltServer(drawingFlags(site.folder, 'guarded'), {
      CLIPQL_API_KEYS: `me:${hash}`,
    });
    onTestFinished(() => guarded.end());
    const address = `${guarded.url}/#/dream?seed=6&size=64&quality=DRAFT`;
    const { page } = await visit(site.browser, address, {}, /^error: .* 401 /);
    await page.getByRole('dialog').getByLabel('Key').fill('secret');
    await page.keyboard.press('Enter');
    await words(page).fill('a sheep');
    await button(page, 'Draw it').click();
    await state(page, 'done');
    expect(await shownAddress(page)).toMatch(/^blob:/);
    const saving = page.waitForEvent('download');
    await button(page, 'Download').click();
    expect((await readFile(await (await saving).path())).subarray(1, 4).toString()).toBe('PNG');
  });

  test('where pictures are off, the page says how to turn them on', async () => {
    const off = await startBuiltServer(['--model', folderAt('models/nano')]);
    onTestFinished(() => off.end());
    const { page } = await visit(site.browser, `${off.url}/#/dream`);
    await page.getByText('npm start -- --pictures on').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
