/** What the page copies is run against the server, and gives what the page shows. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleBytes } from '../packages/api/src/testing/api.ts';
import { type BuiltServer, startBuiltServer } from '../packages/api/src/testing/built-server.ts';
import { hasChromium, launchChromium } from './browser/chromium.ts';
import { shownScores, visit } from './browser/visit.ts';

const runs = hasChromium() || process.env.CLIPQL_REQUIRE_GPU === '1';

if (!runs) test.skip('what is copied: skipped, since there is no /usr/bin/chromium', () => {});

const FILE = 'my photo.jpg';

describe.runIf(runs)('what the page copies', () => {
  let browser: Browser;
  let server: BuiltServer;
  let folder: string;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), startBuiltServer()]);
    folder = await mkdtemp(join(tmpdir(), 'clipql-copies-'));
    await writeFile(join(folder, FILE), await exampleBytes('march-pastoral.jpg'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end();
    await rm(folder, { recursive: true });
  });

  /** Copies in each language from one of the panels, and runs it. @returns what each gives, by language. */
  async function results(page: Page, title = 'Copy as'): Promise<Record<string, Result>> {
    const panel = page.locator('.copy-as', { has: page.getByText(title, { exact: true }) });
    await panel.locator('summary').click();
    const found: Record<string, Result> = {};
    for (const language of ['GraphQL', 'curl', 'TypeScript', 'Python']) {
      await panel.getByRole('button', { name: language }).click();
      await panel.getByRole('button', { name: 'Copy', exact: true }).click();
      await panel.getByText('Copied.').waitFor();
      const text = await page.evaluate(() => navigator.clipboard.readText());
      found[language] = await run(language, text);
    }
    return found;
  }

  async function run(language: string, text: string): Promise<Result> {
    const exec = promisify(execFile);
    const options = { cwd: folder };
    if (language === 'TypeScript') {
      await writeFile(join(folder, 'copied.ts'), text);
      return JSON.parse((await exec(process.execPath, ['copied.ts'], options)).stdout);
    }
    if (language === 'Python')
      return JSON.parse((await exec('python3', ['-c', text], options)).stdout);
    if (language === 'curl')
      return fieldOf(JSON.parse((await exec('sh', ['-c', text], options)).stdout));
    const url = `${server.url}/graphql`;
    if (!text.includes('Upload!')) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query: text });
      return fieldOf(await (await fetch(url, { method: 'POST', headers, body })).json());
    }
    const form = new FormData();
    form.append('operations', JSON.stringify({ query: text, variables: { file0: null } }));
    form.append('map', '{"0": ["variables.file0"]}');
    form.append('0', new Blob([new Uint8Array(await exampleBytes('march-pastoral.jpg'))]), FILE);
    return fieldOf(await (await fetch(url, { method: 'POST', body: form })).json());
  }

  test('of an example and of an upload gives the scores on the screen', async () => {
    for (const add of [
      (page: Page) => page.getByRole('button', { name: 'Example: sheep' }).click(),
      (page: Page) => page.locator('input[type=file]').first().setInputFiles(join(folder, FILE)),
    ]) {
      const { page } = await visit(
        browser,
        `${server.url}/#/classify?label=sheep&label=it's a "dog"`,
      );
      await add(page);
      const shown = await shownScores(page);
      for (const [language, { scores }] of Object.entries(await results(page))) {
        expect(scores!.map(asShown), language).toEqual(shown);
      }
    }
  });

  test('of several pictures gives each its answer', async () => {
    const images = ['march-pastoral', 'black-canyon'].map((name) => `image=/examples/${name}.jpg`);
    const { page } = await visit(
      browser,
      `${server.url}/#/classify?${images.join('&')}&image=/examples/none.jpg`,
    );
    const tiles = page.locator('.tile-label');
    await page.getByText('2 of 3 pictures answered, 1 refused').waitFor();
    const shown = await tiles.allTextContents();
    for (const [language, answers] of Object.entries(await results(page))) {
      const labels = (answers as unknown as Result[]).map(({ scores, code }) =>
        code === undefined ? asShown(scores![0]!).join(' ') : 'Refused',
      );
      expect(labels, language).toEqual(shown);
    }
  });

  test('of a map gives the map on the screen', async () => {
    const { page } = await visit(
      browser,
      `${server.url}/#/classify?image=/examples/march-pastoral.jpg`,
    );
    await page.getByRole('button', { name: 'Where is sheep?' }).click();
    await page.locator('.heat').waitFor();
    const said = await page.getByText('parts speak for it').textContent();
    for (const [language, { evidence }] of Object.entries(await results(page, 'Copy the map as'))) {
      const parts = evidence!.filter((value) => value > 0).length;
      expect(said, language).toContain(`${parts} of 49 parts speak for it`);
    }
  });

  test('opens in GraphiQL with all of it filled in', async () => {
    const { page } = await visit(
      browser,
      `${server.url}/#/classify?image=/examples/march-pastoral.jpg`,
    );
    await shownScores(page);
    await page.locator('.copy-as summary').click();
    const address = await page.getByRole('link', { name: 'Open in GraphiQL' }).getAttribute('href');
    const query = new URL(address!, `${server.url}/`).searchParams.get('query');
    expect(fieldOf(await (await post(query!)).json()).label).toBe('sheep');
  });

  const post = (query: string) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
});

interface Result {
  readonly label?: string;
  readonly code?: string;
  readonly scores?: readonly Score[];
  readonly evidence?: readonly number[];
}

interface Score {
  readonly label: string;
  readonly probability: number;
}

const fieldOf = ({ data }: { readonly data: Readonly<Record<string, Result>> }): Result =>
  Object.values(data)[0]!;

const asShown = ({ label, probability }: Score) => [label, `${(100 * probability).toFixed(1)} %`];
