/** Colours of the page of the built server, in a real browser, where axe does not look. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser, pageSite } from './browser/page-site.ts';
import { shownScores, visit } from './browser/visit.ts';

describeInBrowser('colours', () => {
  const site = pageSite();

  const colour = (page: Page, selector: string, property: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

  test.each(['light', 'dark'] as const)('bars below the cutoff are seen, in %s', async (scheme) => {
    const { page } = await visit(site.browser, `${site.server.url}/#/search`, {
      colorScheme: scheme,
    });
    const samples = page.getByRole('button', { name: 'Try the sample photos' });
    const words = page.getByRole('searchbox', { name: 'Words' });
    await samples.or(words).waitFor();
    if (await samples.isVisible()) await samples.click();
    await page.getByRole('status').filter({ hasText: '7 pictures in all' }).waitFor();
    await words.fill('a boat');
    await page.locator('.bar-miss').first().waitFor();
    const bar = await colour(page, '.bar-miss', 'fill');
    const paper = await colour(page, 'html', 'background-color');
    expect(contrast(bar, paper)).toBeGreaterThanOrEqual(3);
  });

  test('where the system chooses the colours, bars are seen and one tab is current', async () => {
    const { page } = await visit(
      site.browser,
      `${site.server.url}/#/classify?image=/examples/march-pastoral.jpg`,
      { forcedColors: 'active' },
    );
    await shownScores(page);
    const paper = await colour(page, 'html', 'background-color');
    expect(await colour(page, '.bar-fill', 'background-color')).not.toBe(paper);
    expect(await colour(page, 'nav a:not([aria-current])', 'border-bottom-color')).toBe(paper);
    expect(await colour(page, 'nav a[aria-current]', 'border-bottom-color')).not.toBe(paper);
  });
});

/** Of two colours as `rgb(1, 2, 3)`. @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = colour
    .match(/\d+/g)!
    .map((part) => Number(part) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
