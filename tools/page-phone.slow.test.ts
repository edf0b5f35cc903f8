/** The page of the built server on a small screen, in a real browser: what was asked for comes into sight. */
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { exampleBytes } from '../packages/api/src/testing/api.ts';
import { describeInBrowser, pageSite } from './browser/page-site.ts';
import { shownScores, visit } from './browser/visit.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

describeInBrowser('on a phone', () => {
  const site = pageSite();

  const opened = async (view: string) =>
    (await visit(site.browser, `${site.server.url}/#/${view}`, PHONE)).page;
  const isSeen = (place: Locator) =>
    place.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  const comesIntoSight = (place: Locator) => expect.poll(() => isSeen(place)).toBe(true);

  test('the picture that is added is shown, and the one whose tile is tapped', async () => {
    const page = await opened('classify?image=/examples/march-pastoral.jpg');
    await shownScores(page);
    const stage = page.locator('.stage');
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: 'boats.jpg',
        mimeType: 'image/jpeg',
        buffer: await exampleBytes('nagasaki-boats.jpg'),
      });
    await stage.getByText('boats.jpg').waitFor();
    await comesIntoSight(stage);
    await page.getByText('2 of 2 pictures classified').waitFor();
    const tile = page.locator('.tile').first();
    await tile.scrollIntoViewIfNeeded();
    expect(await isSeen(stage)).toBe(false);
    await tile.tap();
    await stage.getByText('march-pastoral.jpg').waitFor();
    await comesIntoSight(stage);
  });

  test('a long list of words leaves the answer near, and goes at once', async () => {
    const page = await opened('classify?image=/examples/march-pastoral.jpg');
    const words = Array.from({ length: 1_100 }, (_, i) => `word ${i}`).join('\n');
    await page.getByRole('textbox', { name: 'Add a word' }).focus();
    await page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', text);
      const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.activeElement!.dispatchEvent(paste);
    }, words);
    const refusal = page.getByText('Expected at most 1,000 labels, got 1,105');
    await refusal.waitFor();
    expect(await isSeen(page.getByRole('textbox', { name: 'Add a word' }))).toBe(true);
    const { y } = (await refusal.boundingBox())!;
    expect(y + (await page.evaluate(() => scrollY))).toBeLessThan(2 * 844);
    await page.getByRole('button', { name: 'Remove all' }).tap();
    await refusal.waitFor({ state: 'hidden' });
    await page.getByText('Add a word or two').waitFor();
  });

  test('what is found is seen while words are typed, and after Enter', async () => {
    const page = await opened('search');
    await page.getByRole('button', { name: 'Try the sample photos' }).tap();
    await page.getByRole('status').filter({ hasText: '7 pictures in all' }).waitFor();
    const words = page.getByRole('searchbox', { name: 'Words' });
    await words.fill('a boat on a river');
    const found = page.getByText('1 picture found');
    const below = async () => (await found.boundingBox())!.y - (await words.boundingBox())!.y;
    await found.waitFor();
    expect(await below()).toBeLessThan(250);
    await words.press('Enter');
    await page.getByRole('slider', { name: 'Move the cutoff' }).waitFor();
    await comesIntoSight(page.locator('.hit-picture'));
  });

  test('pictures that are added are followed', async () => {
    const page = await opened('search');
    await page.getByText('Add pictures', { exact: true }).tap();
    const addresses = Array.from({ length: 300 }, (_, i) => `http://10.0.0.1/${i}.jpg`);
    const field = page.getByLabel('Addresses, one per line');
    await field.fill(addresses.join('\n'));
    await page.getByRole('button', { name: 'Add 300 addresses' }).tap();
    await comesIntoSight(page.getByRole('article', { name: 'Adding pictures' }));
  });

  test('tables of the API are as wide as the screen', async () => {
    const page = await opened('reference');
    for (const path of ['/v1/embeddings', '/invocations']) await page.getByText(path).tap();
    const tables = page.locator('.scrolls:visible');
    await tables.nth(1).waitFor();
    const beyond = await tables.evaluateAll((all) =>
      all.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
    );
    expect(Math.max(...beyond)).toBe(0);
  });
});
