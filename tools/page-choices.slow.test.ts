/** Answers that come after the user has gone on, on the page of the built server, in a real browser. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser, drawingFlags, pageSite } from './browser/page-site.ts';
import { visit } from './browser/visit.ts';

/** A picture takes seconds, or minutes where others need the processor. */
const DRAWN = { timeout: 240_000 };

describeInBrowser('a late answer leaves alone what has been chosen since:', () => {
  const site = pageSite({ flags: drawingFlags });

  /** Asks the server without the page. */
  async function change(field: string, type: string, input: object, selection = ''): Promise<void> {
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} errors { message } } }`;
    const response = await fetch(`${site.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data } = (await response.json()) as { data: Record<string, { errors: unknown }> };
    expect(data[field]!.errors).toEqual([]);
  }
  const create = (name: string) => change('createCollection', 'CreateCollectionInput', { name });

  /** Keeps the answers to what contains a text from the page. @returns lets them through. */
  async function hold(page: Page, text: string): Promise<() => void> {
    const held = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes(text)) return route.fallback();
      const response = await route.fetch();
      await held.promise;
      return route.fulfill({ response });
    });
    return held.resolve;
  }

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const collection = (page: Page) => page.getByRole('combobox', { name: 'Collection' });
  const option = (page: Page, name: string) => collection(page).locator(`option[value=${name}]`);
  /** Does something in the collection that is shown, and tells which it is. */
  const shownCollection = async (page: Page, word: string) => {
    const words = page.getByRole('searchbox', { name: 'Words' });
    await words.fill(word);
    await words.press('Enter');
    await page.waitForURL(`**term=text*${word}`);
    return new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('in');
  };

  test.each([
    { what: 'created', answer: 'createCollection', name: 'late-creation' },
    { what: 'listed', answer: 'query Collections', name: 'late-list' },
  ])('another collection, before a new one is $what', async ({ answer, name }) => {
    const others = [`${name}-1`, `${name}-2`];
    await Promise.all(others.map(create));
    const { page } = await visit(site.browser, `${site.server.url}/#/search?in=${others[0]}`);
    await button(page, 'New collection').click();
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    const letThrough = await hold(page, answer);
    await page.getByRole('textbox', { name: 'Name' }).press('Enter');
    await collection(page).selectOption(others[1]!);
    letThrough();
    await option(page, name).waitFor({ state: 'attached' });
    expect(await shownCollection(page, 'boat')).toBe(others[1]);
  });

  test('another collection, before one is deleted', async () => {
    const [first, gone, kept] = ['deletion-0', 'deletion-1', 'deletion-2'] as const;
    await Promise.all([first, gone, kept].map(create));
    const { page } = await visit(site.browser, `${site.server.url}/#/search?in=${gone}`);
    await button(page, 'Delete this collection').click();
    const letThrough = await hold(page, 'deleteCollection');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await collection(page).selectOption(kept);
    letThrough();
    await option(page, gone).waitFor({ state: 'detached' });
    expect(await shownCollection(page, 'boat')).toBe(kept);
  });

  test('the collection that is shown at first, when another comes before it', async () => {
    await create('b-shown');
    const { page } = await visit(site.browser, `${site.server.url}/#/search`);
    await option(page, 'b-shown').waitFor({ state: 'attached' });
    expect(await collection(page).inputValue()).toBe('b-shown');
    await create('a-new');
    await button(page, 'Add the sample photos').click();
    await page.getByRole('status').filter({ hasText: '7 pictures in all' }).waitFor();
    await option(page, 'a-new').waitFor({ state: 'attached' });
    expect(await shownCollection(page, 'boat')).toBe('b-shown');
  });

  test('the line over the scores, before it is known what is above it', async () => {
    await create('line');
    const { page } = await visit(site.browser, `${site.server.url}/#/search?in=line`);
    await button(page, 'Add the sample photos').click();
    await page.getByRole('status').filter({ hasText: '7 pictures in all' }).waitFor();
    await page.getByRole('searchbox', { name: 'Words' }).fill('boat');
    const line = page.getByRole('slider', { name: 'Move the cutoff' });
    await line.waitFor();
    const letThrough = await hold(page, 'search(');
    await line.focus();
    await page.keyboard.press('Home');
    await page.waitForURL('**cut=all');
    expect(await line.inputValue()).toBe('0');
    letThrough();
    await page.getByRole('status').filter({ hasText: '7 pictures found' }).waitFor();
    expect(await line.inputValue()).toBe('0');
  });

  test('another picture and other words, before a picture is begun', async () => {
    for (const text of ['a sheep', 'a boat']) {
      const input = { prompts: [{ text }], quality: 'DRAFT', size: 64 };
      await change('startPicture', 'StartPictureInput', input);
    }
    const { page } = await visit(
      site.browser,
      `${site.server.url}/#/dream?seed=1&size=64&quality=DRAFT`,
    );
    const words = page.getByRole('textbox', { name: 'Words' });
    const tile = (text: string) => page.locator('.dream-tile', { hasText: text });
    const letThrough = await hold(page, 'startPicture');
    await words.fill('a house');
    await button(page, 'Draw it').click();
    await tile('a sheep').click();
    await words.fill('a houseboat');
    letThrough();
    await tile('a house').waitFor(DRAWN);
    await page.getByRole('article', { name: 'The picture' }).getByText('a sheep').waitFor();
    expect(await tile('a sheep').getAttribute('aria-pressed')).toBe('true');
    expect(await words.inputValue()).toBe('a houseboat');
    expect(page.url()).not.toContain('house');
  });

  test('another picture of a class, before one is removed', async () => {
    const images = ['march-pastoral.jpg', 'nagasaki-boats.jpg'].map((file) => ({
      url: `/examples/${file}`,
    }));
    const classes = [{ label: 'sheep', images }, { label: 'boat' }];
    await change('createClassifier', 'CreateClassifierInput', { name: 'late', classes });
    const { page } = await visit(site.browser, `${site.server.url}/#/teach?classifier=late`);
    const picture = (n: number) => page.getByRole('button', { name: `Picture ${n} of sheep` });
    const letThrough = await hold(page, 'removeExamples');
    await picture(1).focus();
    await page.keyboard.press('Delete');
    await picture(2).click();
    letThrough();
    await page.getByRole('status').filter({ hasText: '1 picture removed.' }).waitFor();
    await page.getByText('1 picture selected').waitFor();
    expect(await picture(1).getAttribute('aria-pressed')).toBe('true');
  });
});
