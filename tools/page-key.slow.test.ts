/** The page of a built server that asks for keys, in a real browser. */
import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser, pageSite } from './browser/page-site.ts';
import { accessibilityFaults, shownScores, visit } from './browser/visit.ts';

const HASH = createHash('sha256').update('secret').digest('hex');

describeInBrowser('the page of a server that asks for keys', () => {
  const site = pageSite({ settings: { CLIPQL_API_KEYS: `me:${HASH}` } });

  const opened = async (view: string) =>
    (await visit(site.browser, `${site.server.url}/#/${view}`, {}, /^error: .* 401 /)).page;
  const CLASSIFY = 'classify?image=/examples/march-pastoral.jpg';
  const dialog = (page: Page) => page.getByRole('dialog', { name: 'This server asks for a key' });
  const alerts = (page: Page) => page.locator('main [role=alert]:visible');
  const give = async (page: Page, key: string) => {
    await dialog(page).getByLabel('Key').fill(key);
    await page.keyboard.press('Enter');
  };

  test('a wrong key is said to be wrong, and a right one is taken then', async () => {
    const page = await opened(CLASSIFY);
    await give(page, 'wrong');
    await dialog(page).getByRole('alert').getByText('did not accept this key').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await give(page, 'secret');
    await dialog(page).waitFor({ state: 'hidden' });
    expect((await shownScores(page))[0]![0]).toBe('sheep');
    expect(await alerts(page).count()).toBe(0);
  });

  test('a user without a key is asked for one once', async () => {
    const page = await opened(CLASSIFY);
    const asked: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()));
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    await alerts(page).nth(1).waitFor();
    await page.waitForTimeout(1_000);
    expect(asked).toEqual([]);
    expect(await dialog(page).isVisible()).toBe(false);
  });

  test('a key that comes late answers what failed for want of it, in each view', async () => {
    const page = await opened(CLASSIFY);
    const follow = async (view: string) => {
      await page.getByRole('link', { name: view, exact: true }).click();
      await dialog(page).getByRole('button', { name: 'Cancel' }).click();
      await alerts(page).first().waitFor();
    };
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    await follow('Search');
    await follow('Dream');
    expect(await page.getByText('Loading …').filter({ visible: true }).count()).toBe(0);
    await follow('Status');
    await page.getByRole('button', { name: 'Try again' }).filter({ visible: true }).click();
    await give(page, 'secret');
    for (const card of ['Activity', 'This machine', 'Limits of a request'])
      await page.getByRole('region', { name: card }).waitFor();
    expect(await alerts(page).count()).toBe(0);
    await page.getByRole('link', { name: 'Dream' }).click();
    await page.getByText('Drawing is turned off on this server.').waitFor();
    await page.getByRole('link', { name: 'Search' }).click();
    await page.getByRole('button', { name: 'Try the sample photos' }).waitFor();
    expect(await alerts(page).count()).toBe(0);
    await page.getByRole('link', { name: 'Classify' }).click();
    expect((await shownScores(page))[0]![0]).toBe('sheep');
    expect(await alerts(page).count()).toBe(0);
  });
});
