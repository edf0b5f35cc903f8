/** GraphiQL of the built server, in a real browser. */
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { describeInBrowser, pageSite } from './browser/page-site.ts';

describeInBrowser('GraphiQL', () => {
  const site = pageSite();

  /** A browser that has not been here. */
  async function open(path: string): Promise<Page> {
    const context = await site.browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(0);
    await page.goto(`${site.server.url}${path}`);
    return page;
  }

  /** The titles of the tabs, and the query that is open. */
  async function shown(page: Page) {
    const editor = page.locator('.graphiql-query-editor .view-lines');
    await editor.getByText('query').first().waitFor();
    const tabs = await page.locator('.graphiql-tab-button').allTextContents();
    // It stores them half a second later.
    await page.waitForFunction((count) => {
      const stored = localStorage.getItem('graphiql:tabState');
      return stored !== null && JSON.parse(stored).tabs.length === count;
    }, tabs.length);
    const query = (await editor.textContent())!.replace(/\s+/g, ' ');
    return { tabs, query };
  }

  test('opens with the example in its one tab, also when it is opened again', async () => {
    const page = await open('/graphql');
    const first = await shown(page);
    expect(first).toEqual({
      tabs: ['Classify'],
      query: expect.stringContaining('french-alpine-landscape.jpg'),
    });
    await page.goto(`${site.server.url}/graphql`);
    expect(await shown(page)).toEqual(first);
    await page.locator('.graphiql-execute-button').click();
    await page.locator('.result-window').getByText('"mountain"').first().waitFor();
    await page.reload();
    expect(await shown(page)).toEqual(first);
  });

  test('an example’s query is in a tab beside what one had, and once', async () => {
    const page = await open('/graphql');
    await shown(page);
    for (let visit = 0; visit < 2; visit++) {
      await page.goto(`${site.server.url}/examples/`);
      await page.locator('a', { has: page.locator('[src="black-canyon.jpg"]') }).click();
      const expected = {
        tabs: ['Classify', 'Classify'],
        query: expect.stringContaining('black-canyon.jpg'),
      };
      expect(await shown(page)).toEqual(expected);
      await page.goto(`${site.server.url}/graphql`);
      expect(await shown(page)).toEqual(expected);
    }
  });

  test('an edited query with its variables is there again', async () => {
    const page = await open('/graphql');
    await shown(page);
    const edit = async (editor: string, text: string) => {
      await page.locator(`${editor} .view-lines`).click();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText(text);
    };
    await edit('.graphiql-query-editor', 'query Mine($n: ID!) { node(id: $n) { id } }');
    await page.locator('button', { hasText: /^Variables$/ }).click();
    await edit('.graphiql-editor-tool .graphiql-editor:not(.hidden)', '{ "n": "x" }');
    await page.waitForFunction(() =>
      localStorage.getItem('graphiql:tabState')?.includes('\\"x\\"'),
    );
    await page.goto(`${site.server.url}/graphql`);
    expect(await shown(page)).toEqual({
      tabs: ['Mine'],
      query: expect.stringContaining('query Mine'),
    });
    await page.locator('.graphiql-editor-tool').getByText('"x"').first().waitFor();
  });
});
