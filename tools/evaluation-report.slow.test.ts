/** The report of `clipql evaluate --html`, in a real browser. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { clipql } from '../packages/api/src/testing/command-line.ts';
import { folderAt, launchChromium } from './browser/chromium.ts';
import { describeInBrowser } from './browser/page-site.ts';

/** Would run, or end a tag, if it were not text. */
const HOSTILE = '"><img src=x onerror=document.title=1>';
const LONG = 'x'.repeat(200);
const PICTURES = {
  'march-pastoral.jpg': ['sheep', 'day'],
  'nagasaki-boats.jpg': ['boat', HOSTILE],
  'black-canyon.jpg': ['boat', ''],
  'french-alpine-landscape.jpg': [HOSTILE, 'day'],
  'dust-bowl-home.jpg': [LONG, LONG],
};

describeInBrowser('the report of an evaluation', () => {
  let browser: Browser;
  let root: string;
  let report: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'clipql-report-'));
    report = join(root, 'report.html');
    await mkdir(join(root, 'photos'));
    const rows = ['path,class,light'];
    for (const [i, [file, values]] of Object.entries(PICTURES).entries()) {
      const name = `photos/${i}${HOSTILE.replaceAll('/', '')}.jpg`;
      await copyFile(join(folderAt('packages/api/examples'), file), join(root, name));
      rows.push([name, ...values].map((cell) => `"${cell.replaceAll('"', '""')}"`).join());
    }
    await writeFile(join(root, 'photos.csv'), `${rows.join('\n')}\n`);
    const table = join(root, 'photos.csv');
    const { exitCode } = await clipql('evaluate', table, '--by', 'light', '--html', report);
    expect(exitCode).toBe(0);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(root, { recursive: true });
  });

  test.each([
    { width: 390, colorScheme: 'light' },
    { width: 390, colorScheme: 'dark' },
    { width: 1280, colorScheme: 'light' },
    { width: 1280, colorScheme: 'dark' },
  ] as const)(
    'at $width pixels, $colorScheme: nothing sticks out, runs or is loaded, and axe finds no fault',
    async ({ width, colorScheme }) => {
      const viewport = { width, height: 800 };
      // What checks the page is a script; the page’s own policy allows none.
      const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(report).href);
      expect(requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
      expect(await page.title()).toBe('photos.csv: how good the answers are');
      const overflow = 'document.documentElement.scrollWidth - innerWidth';
      expect(await page.evaluate(overflow)).toBe(0);
      expect(await page.locator('svg[role=img]').count()).toBeGreaterThanOrEqual(4);
      expect(await page.locator('img').count()).toBe(await page.locator('.mistakes img').count());
      await page.addScriptTag({ content: axe.source });
      const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    },
  );
});
