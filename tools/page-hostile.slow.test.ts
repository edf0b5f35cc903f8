/** Labels, names, metadata and addresses of strangers, in Search and in Teach: they are text, and nothing else. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { exampleBytes } from '../packages/api/src/testing/api.ts';
import { describeInBrowser, pageSite } from './browser/page-site.ts';
import { accessibilityFaults, shownScores, visit } from './browser/visit.ts';

const MARKUP = '<img src=x onerror=alert(1)><b>bold</b><script>alert(2)</script>';
/** What follows is written from right to left. */
const RTL = '\u202egpj.';
const long = (length: number) => `${RTL}${MARKUP}`.padEnd(length, 'x');

describeInBrowser('what is hostile is shown as text', () => {
  const site = pageSite();
  const viewport = { width: 320, height: 700 };

  async function ask<Data>(query: string, variables: object): Promise<Data> {
    const response = await fetch(`${site.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  }

  /** Nothing of it has become an element, and nothing is wider than the screen. */
  async function harmless(page: Page, state: string): Promise<void> {
    expect(await page.locator('main :is(b, script, img[src="x"])').count(), state).toBe(0);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, state).toBe(viewport.width);
    expect(await accessibilityFaults(page), state).toEqual([]);
  }

  const photo = async (name: string) => ({
    name,
    mimeType: 'image/jpeg',
    buffer: await exampleBytes('march-pastoral.jpg'),
  });

  test('in Search: keys, metadata, words, names of files and addresses', async () => {
    await ask('mutation { createCollection(input: { name: "hostile" }) { errors { code } } }', {});
    const image = { url: '/examples/march-pastoral.jpg' };
    const items = [
      { key: long(500), metadata: { [MARKUP]: long(1_000), tags: [MARKUP, RTL] }, image },
      { key: MARKUP, metadata: { [`${RTL}name`]: MARKUP, number: 7 }, image },
    ];
    const { upsertItems } = await ask<{ readonly upsertItems: object }>(
      'mutation ($items: [UpsertItem!]!) { upsertItems(input: { collection: "hostile", items: $items }) { errors { message } } }',
      { items },
    );
    expect(upsertItems).toEqual({ errors: [] });
    const url = `${site.server.url}/#/search?in=hostile&cut=all`;
    const { page } = await visit(site.browser, url, { viewport }, /^request: http:\/\/127/);
    const count = (text: string) =>
      page.locator('.found-count').filter({ hasText: text }).waitFor();
    const answered = () =>
      page.locator('section[aria-label="Pictures"][aria-busy="false"]').waitFor();
    await count('2 pictures in all');
    await page.locator('.hit-key', { hasText: MARKUP }).first().waitFor();
    await page.getByText('Filters').click();
    await harmless(page, 'a collection');

    await page.getByLabel('Field').selectOption({ label: MARKUP });
    await page.getByLabel('Value').fill(MARKUP);
    await page.getByRole('button', { name: 'Add filter' }).click();
    await count('1 picture');
    await harmless(page, 'a filter');
    await page.getByRole('button', { name: `About ${RTL}` }).click();
    await page.getByRole('dialog').getByText(RTL).first().waitFor();
    await harmless(page, 'an item');
    await page.keyboard.press('Escape');

    const words = page.getByRole('searchbox', { name: 'Words' });
    await words.fill(MARKUP);
    await words.press('Enter');
    await page.getByLabel('Search by picture').setInputFiles(await photo(long(8_000)));
    await count('1 picture found');
    await page.getByRole('button', { name: `More like ${RTL}` }).click();
    await count('1 picture found');
    await harmless(page, 'terms');
    await words.fill(long(8_000));
    await words.press('Enter');
    await page
      .getByRole('button', { name: `Remove ${long(8_000)}` })
      .last()
      .waitFor();
    await answered();
    await harmless(page, 'a long word');

    const address = page.getByRole('textbox', { name: 'Picture URL' });
    await address.fill(`http://127.0.0.1:9/"><b>x</b>${'y'.repeat(8_000)}`);
    await address.press('Enter');
    await page.getByRole('button', { name: 'Remove http' }).waitFor();
    await page.getByRole('alert').first().waitFor();
    await answered();
    await harmless(page, 'a refused address');
  });

  test('in Teach: classes, their words, names of files and addresses', async () => {
    const { page } = await visit(site.browser, `${site.server.url}/#/teach`, { viewport });
    await page.getByLabel('Name', { exact: true }).fill(MARKUP);
    const chips = page.getByRole('textbox', { name: 'Add a class' });
    await chips.fill(long(8_000));
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('alert').waitFor();
    await harmless(page, 'a refused classifier');

    await page.getByLabel('Name', { exact: true }).fill('hostile');
    await page.getByRole('button', { name: /^Remove / }).click();
    await chips.fill(MARKUP);
    await chips.press('Enter');
    await chips.fill(long(200));
    await chips.press('Enter');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Every change is saved on this server').waitFor();
    const picture = await photo(`${long(8_000)}.jpg`);
    await page.getByLabel(`Add pictures to ${MARKUP}`, { exact: true }).setInputFiles(picture);
    const none = { ...picture, buffer: Buffer.from('no picture') };
    await page.getByLabel(`Add pictures to ${RTL}`).setInputFiles(none);
    await page.locator('.refused').waitFor();
    await page.locator('.accuracy-figure').waitFor();
    await harmless(page, 'a classifier with a refused file');

    await page.getByRole('button', { name: `Edit ${MARKUP}`, exact: true }).click();
    await page.getByLabel('Described by').selectOption('texts');
    await page.getByLabel('Words, one per line').fill(`${MARKUP}\n${long(200)}`);
    await harmless(page, 'a class');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Recognised by its pictures and these words: <img').waitFor();
    await page.getByRole('button', { name: 'Example: sheep' }).click();
    expect((await shownScores(page)).map(([label]) => label)).toContain(MARKUP);
    await harmless(page, 'an answer');
    const address = page.getByRole('textbox', { name: 'Picture URL' });
    await address.fill(`http://127.0.0.1:9/"><b>x</b>${'y'.repeat(8_000)}`);
    await address.press('Enter');
    await page.locator('.teach-side').getByRole('alert').waitFor();
    await harmless(page, 'a refused address');
  });
});
