/** The page with many pictures, with a key, and without its server. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Jimp } from 'jimp';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBuiltServer } from '../packages/api/src/testing/built-server.ts';
import { launchChromium } from './browser/chromium.ts';
import { countHeld } from './browser/held.ts';
import { describeInBrowser } from './browser/page-site.ts';
import { accessibilityFaults, shownScores, visit } from './browser/visit.ts';

describeInBrowser('the page', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), 'clipql-page-'));
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  /** A photograph of so many pixels, as a JPEG. */
  async function photograph(width: number, height: number): Promise<Buffer> {
    const example = new URL('../packages/api/examples/march-pastoral.jpg', import.meta.url);
    const image = await Jimp.read(await readFile(example));
    return image.resize({ w: width, h: height }).getBuffer('image/jpeg', { quality: 60 });
  }

  test('50 photographs of 12 megapixels are answered or refused each by itself, and one at a time is held as a whole', async () => {
    const phone = await photograph(4032, 3024);
    const paths: string[] = [];
    for (let i = 0; i < 50; i++) {
      const path = join(folder, `IMG_${i}.jpg`);
      // What follows a JPEG's end makes another file of it; two are no pictures.
      await writeFile(path, i % 25 === 7 ? 'no picture' : Buffer.concat([phone, Buffer.of(i)]));
      paths.push(path);
    }
    const large = join(folder, 'large.jpg');
    await writeFile(large, await photograph(7000, 5000));

    const server = await startBuiltServer();
    const { page } = await visit(browser, `${server.url}/`);
    const held = await countHeld(page);
    await page.locator('input[type=file]').first().setInputFiles(paths);
    await page.getByText('of 50 pictures classified').waitFor();
    await page.getByRole('progressbar').waitFor();
    await page.getByText('48 of 50 pictures classified, 2 refused').waitFor();
    expect(await page.getByRole('progressbar').isHidden()).toBe(true);
    const { bitmaps, addresses } = await held();
    expect(bitmaps).toEqual({ now: 0, most: 1 });
    expect(addresses).toEqual({ now: 48, most: 48 });
    const preview = page.locator('.stage img');
    expect(await preview.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1024);

    await page.getByRole('button', { name: /^sheep 48$/ }).click();
    expect(await page.locator('.tile').count()).toBe(48);
    await page.getByRole('button', { name: /^Refused 2$/ }).click();
    await page.locator('.tile', { hasText: 'IMG_32.jpg' }).click();
    await page.getByRole('alert').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole('button', { name: 'Start over' }).click();
    expect((await held()).addresses.now).toBe(0);
    await page.locator('input[type=file]').first().setInputFiles(large);
    await page.getByText('Scaled down in this browser from 35.0 to 24.8 megapixels').waitFor();
    expect((await shownScores(page))[0]![0]).toBe('sheep');
    await server.end();
  });

  test('whoever has no key and says so is not asked again while Status is open', async () => {
    const hash = createHash('sha256').update('a key').digest('hex');
    const server = await startBuiltServer(['--api-keys', `page:${hash}`]);
    const { page } = await visit(browser, `${server.url}/#/status`, {}, /status of 401/);
    const dialog = page.getByRole('dialog');
    let refused = 0;
    page.on('response', (response) => {
      if (response.url().endsWith('/metrics')) refused += 1;
    });
    // What was asked meanwhile has been refused, and shares this dialog.
    await expect.poll(() => refused).toBeGreaterThan(1);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alert').first().waitFor();
    const before = refused;
    // Longer than two looks.
    await page.waitForTimeout(5_000);
    expect(refused - before).toBeLessThan(2);
    expect(await dialog.isVisible()).toBe(false);
    await server.end();
  });

  test('a key is asked for when the server wants one, and is kept in the tab alone', async () => {
    const key = 'correct-horse-battery-staple';
    const hash = createHash('sha256').update(key).digest('hex');
    const server = await startBuiltServer(['--api-keys', `page:${hash}`]);
    const { page } = await visit(browser, `${server.url}/`, {}, /status of 401/);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This server asks for a key').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByLabel('Key').fill('wrong');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').filter({ hasText: 'did not accept' }).waitFor();
    await expect.poll(() => dialog.getByLabel('Key').inputValue()).toBe('');
    await dialog.getByLabel('Key').fill(`${key}\u200b`);
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').filter({ hasText: 'unaccented letters' }).waitFor();
    await dialog.getByLabel('Key').fill(key);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Example: sheep' }).click();
    expect((await shownScores(page))[0]![0]).toBe('sheep');
    const stored = await page.evaluate(() => [localStorage.length, document.cookie, location.href]);
    expect(stored).toEqual([0, '', expect.not.stringContaining(key)]);
    await page.locator('.copy-as summary').click();
    for (const language of ['GraphQL', 'curl', 'TypeScript', 'Python']) {
      await page.getByRole('button', { name: language }).click();
      const text = await page.locator('.code').inputValue();
      expect(text).not.toContain(key);
      if (language !== 'GraphQL') expect(text).toContain('CLIPQL_KEY');
    }
    await page.reload();
    expect((await shownScores(page))[0]![0]).toBe('sheep');
    await server.end();
  });

  test('a server that is gone is said in place, and asked again', async () => {
    const server = await startBuiltServer();
    const port = new URL(server.url).port;
    const { page } = await visit(browser, `${server.url}/`, {}, /ERR_CONNECTION_REFUSED/);
    await page.getByRole('button', { name: 'Example: sheep' }).click();
    await shownScores(page);
    await server.end();
    const word = page.getByRole('textbox', { name: 'Add a word' });
    await word.fill('dog');
    await word.press('Enter');
    await page.getByText('The server cannot be reached.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const again = await startBuiltServer(['--port', port]);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(async () => (await shownScores(page)).length).toBe(6);
    await again.end();
  });
});
