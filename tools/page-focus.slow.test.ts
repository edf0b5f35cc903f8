/** Where the keyboard goes on, on the page of the built server, in a real browser, when what it was on is gone. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser, drawingFlags, pageSite } from './browser/page-site.ts';
import { visit } from './browser/visit.ts';

describeInBrowser('the focus stays where it was', () => {
  const site = pageSite({ flags: drawingFlags });

  const opened = async (view: string) =>
    (await visit(site.browser, `${site.server.url}/#/${view}`)).page;
  const button = (page: Page, name: string | RegExp) =>
    page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  const press = (page: Page, name: string | RegExp) => button(page, name).press('Enter');
  /** The accessible name of what has the focus. */
  const focused = (page: Page) =>
    page.evaluate(() => {
      const element = document.activeElement!;
      const label = element.getAttribute('aria-label') ?? element.closest('label')?.textContent;
      return element === document.body ? 'nothing' : (label ?? element.textContent).trim();
    });
  const reaches = (page: Page, name: string) => expect.poll(() => focused(page)).toBe(name);

  test('when pictures and words to classify are removed', async () => {
    const image = (file: string) => `image=/examples/${file}.jpg`;
    const page = await opened(`classify?${image('march-pastoral')}&${image('black-canyon')}`);
    await press(page, 'Remove march-pastoral.jpg');
    await reaches(page, 'Remove black-canyon.jpg');
    await page.keyboard.press('Enter');
    await reaches(page, 'Choose pictures');
    await press(page, 'Remove all');
    expect(await focused(page)).toBe('Add a word');
    expect(await page.locator('.chip').count()).toBe(0);
  });

  test('when filters are removed, jobs are hidden, and duplicates come and go', async () => {
    const page = await opened('search');
    await press(page, 'Try the sample photos');
    await page.getByRole('status').filter({ hasText: '7 pictures in all' }).waitFor();
    await page.getByText('Filters', { exact: true }).click();
    await page.getByLabel('Field').selectOption('year');
    for (const year of ['1800', '1801']) {
      await page.getByLabel('Value').fill(year);
      await page.keyboard.press('Enter');
    }
    await press(page, 'Remove the filter year is 1800');
    await reaches(page, 'Remove the filter year is 1801');
    await page.keyboard.press('Enter');
    await reaches(page, 'Filters');
    await press(page, 'Duplicates');
    await reaches(page, 'Same file');
    await press(page, 'Back to the pictures');
    await reaches(page, 'Duplicates');
    await page.getByText('Add pictures', { exact: true }).click();
    await page.getByLabel('Addresses, one per line').fill('http://10.0.0.1/x.jpg');
    await press(page, 'Add 1 address');
    await press(page, 'Hide');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('type')))
      .toBe('search');
  });

  test('when pictures of a class are removed and moved, and when a class is', async () => {
    const page = await opened('teach');
    await press(page, 'Try the sample photos');
    await press(page, 'Add a class');
    await page.getByLabel('Name of the class').fill('sheep');
    await page.keyboard.press('Enter');
    await reaches(page, 'Add a class');
    await button(page, /^Picture 1 of nature/).press('Delete');
    await page.getByText('2 pictures', { exact: true }).waitFor();
    expect(await focused(page)).toMatch(/^Picture 1 of nature/);
    await page.keyboard.press('Enter');
    await press(page, 'Move');
    await page.getByText('1 picture', { exact: true }).waitFor();
    await reaches(page, 'Add a class');
    await press(page, 'Edit nature');
    await press(page, 'Remove the class');
    await press(page, 'Keep it');
    await reaches(page, 'Edit nature');
    await page.keyboard.press('Enter');
    await press(page, 'Remove the class');
    await press(page, 'Remove it');
    await reaches(page, 'Edit made by people');
  });

  test('when a drawing is deleted', async () => {
    const page = await opened('dream?prompt=1:a+sheep&quality=DRAFT&size=64');
    await press(page, 'Draw it');
    await press(page, 'Delete …');
    await press(page, 'Delete it');
    await page.getByText('Your picture will appear here.').waitFor();
    await reaches(page, 'Copy as');
  });
});
