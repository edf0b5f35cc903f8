/** What the page copies is run against the server, and gives what the page shows. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { exampleBytes } from '../packages/api/src/testing/api.ts';
import { startBuiltServer } from '../packages/api/src/testing/built-server.ts';
import { COPIED_FILE, runCopies } from './browser/copies.ts';
import { describeInBrowser, pageSite } from './browser/page-site.ts';
import { shownScores, visit } from './browser/visit.ts';

describeInBrowser('what the page copies', () => {
  const site = pageSite();

  beforeAll(async () => {
    await writeFile(join(site.folder, COPIED_FILE), await exampleBytes('march-pastoral.jpg'));
  });

  const open = async (address: string, options = {}) =>
    (await visit(site.browser, `${site.server.url}/${address}`, options)).page;
  const copies = <Value>(page: Page, title?: string) =>
    runCopies<Value>(page, { url: site.server.url, folder: site.folder }, title);
  const ask = async (query: string) => {
    const body = JSON.stringify({ query });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${site.server.url}/graphql`, { method: 'POST', headers, body });
    const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  };

  test('of an example and of an upload gives the scores on the screen', async () => {
    for (const add of [
      (page: Page) => page.getByRole('button', { name: 'Example: sheep' }).click(),
      (page: Page) =>
        page.locator('input[type=file]').first().setInputFiles(join(site.folder, COPIED_FILE)),
    ]) {
      const page = await open(`#/classify?label=sheep&label=it's a "dog"`);
      await add(page);
      const shown = await shownScores(page);
      for (const [language, { scores }] of await copies<Scored>(page))
        expect(scores.map(asShown), language).toEqual(shown);
    }
  });

  test('of several pictures gives each its answer', async () => {
    const images = ['march-pastoral', 'black-canyon'].map((name) => `image=/examples/${name}.jpg`);
    const page = await open(`#/classify?${images.join('&')}&image=/examples/none.jpg`);
    const tiles = page.locator('.tile-label');
    await page.getByText('2 of 3 pictures classified, 1 refused').waitFor();
    const shown = await tiles.allTextContents();
    type Answer = Partial<Scored> & { readonly code?: string };
    for (const [language, answers] of await copies<readonly Answer[]>(page)) {
      const labels = answers.map(({ scores, code }) =>
        code === undefined ? asShown(scores![0]!).join(' ') : 'Refused',
      );
      expect(labels, language).toEqual(shown);
    }
  });

  test('of a map gives the map on the screen', async () => {
    const page = await open('#/classify?image=/examples/march-pastoral.jpg');
    await page.getByRole('button', { name: 'Where is sheep?' }).click();
    await page.locator('.heat').waitFor();
    const said = await page.getByText('parts of the picture support it').textContent();
    type Map = { readonly evidence: readonly number[] };
    for (const [language, { evidence }] of await copies<Map>(page, 'Copy the map as')) {
      const parts = evidence.filter((value) => value > 0).length;
      expect(said, language).toContain(`${parts} of 49 parts of the picture support it`);
    }
  });

  test('of a search, of a collection and of its duplicates gives what is listed', async () => {
    await ask('mutation { createCollection(input: { name: "copied" }) { errors { code } } }');
    const items = ['march-pastoral', 'nagasaki-boats', 'black-canyon'].flatMap((name, i) => [
      `{ key: "${name}", metadata: { year: ${1870 + i} }, image: { url: "/examples/${name}.jpg" } }`,
      `{ key: "${name} \\"again\\"", metadata: { year: ${1870 + i} }, image: { url: "/examples/${name}.jpg" } }`,
    ]);
    await ask(
      `mutation { upsertItems(input: { collection: "copied", items: [${items}] }) { errors { code } } }`,
    );
    const listed = (page: Page) =>
      page
        .locator('.hits:not([data-stale]) > li')
        .evaluateAll((hits) =>
          hits.map((hit) => [
            hit.querySelector('.hit-key')?.textContent,
            hit.querySelector('.hit-relevance [aria-hidden]')?.textContent,
          ]),
        );
    const where = encodeURIComponent('["year","gte",1871]');
    const page = await open(
      `#/search?in=copied&term=text:1:it's a "boat"&term=text:-0.3:<b>$HOME</b>&cut=all&where=${where}`,
    );
    await page
      .locator('.search-side input[type=file]')
      .first()
      .setInputFiles(join(site.folder, COPIED_FILE));
    await page.getByText('4 pictures found').waitFor();
    const shown = await listed(page);
    for (const [language, { total, edges }] of await copies<Found>(page)) {
      const found = edges.map(({ node, relevance }) => [node.key, percent(relevance)]);
      expect([total, found], language).toEqual([4, shown]);
    }

    const browsed = await open('#/search?in=copied');
    await browsed.getByText('6 pictures in all').waitFor();
    const keys = (await listed(browsed)).map(([key]) => key);
    type Browsed = { readonly itemCount: number; readonly items: Pick<Found, 'edges'> };
    for (const [language, { itemCount, items: page }] of await copies<Browsed>(browsed)) {
      const found = page.edges.map(({ node }) => node.key);
      expect([itemCount, found], language).toEqual([6, keys]);
    }

    const alike = await open('#/search?in=copied&duplicates=SAME_BYTES');
    await alike.getByText('3 groups').waitFor();
    const groups = await alike.locator('.groups h3').allTextContents();
    for (const [language, found] of await copies<Duplicates>(alike)) {
      const titles = found.groups.map(({ representative: { key } }) => `${key} and 1 other`);
      expect([found.total, titles], language).toEqual([3, groups]);
    }
  });

  test('of a classifier, of its last change and of how good it is gives what is shown', async () => {
    const page = await open('#/teach');
    await page.getByLabel('Name', { exact: true }).fill('copied');
    await page.getByRole('textbox', { name: 'Add a class' }).fill('sheep, it\'s a "boat"');
    await page.getByRole('button', { name: 'Create' }).click();
    const judged = page.getByRole('status').filter({ hasText: /of \d+ pictures? recognised$/ });
    for (const [label, file] of [
      ['it\'s a "boat"', 'nagasaki-boats.jpg'],
      ['sheep', COPIED_FILE],
    ] as const) {
      const buffer = await exampleBytes(file === COPIED_FILE ? 'march-pastoral.jpg' : file);
      await page
        .getByLabel(`Add pictures to ${label}`)
        .setInputFiles({ name: file, mimeType: 'image/jpeg', buffer });
      await page
        .locator(`[data-class=${JSON.stringify(label)}]`)
        .getByText('1 picture')
        .waitFor();
    }
    await judged.filter({ hasText: 'of 2 pictures' }).waitFor();

    await page
      .getByRole('textbox', { name: 'Picture URL' })
      .fill('/examples/airplane-from-above.jpg');
    await page.keyboard.press('Enter');
    const scores = await shownScores(page);
    for (const [language, answer] of await copies<Scored>(page, 'Copy the question as'))
      expect(answer.scores.map(asShown), language).toEqual(scores);

    const figure = await page.locator('.accuracy-figure').textContent();
    const cells = await page.locator('.confusion td').allTextContents();
    for (const [language, { crossValidation }] of await copies<Judged>(
      page,
      'Copy the accuracy check as',
    )) {
      expect(figure, language).toContain(percent(crossValidation.accuracy.value));
      const counts = crossValidation.confusionMatrix.flatMap((row) => row.counts.map(String));
      expect(counts, language).toEqual(cells);
    }

    for (const [language, { classifier }] of await copies<Changed>(
      page,
      'Copy the last change as',
    )) {
      const classes = classifier.classes.map(({ label, exampleCount }) => [label, exampleCount]);
      expect(classes, language).toEqual([
        ['sheep', 1],
        ['it\'s a "boat"', 1],
      ]);
    }
  });

  test('opens in GraphiQL, with its variables, and runs there', async () => {
    const page = await open(
      `#/classify?image=/examples/march-pastoral.jpg&label=sheep&label=${'x'.repeat(900)}`,
    );
    await shownScores(page);
    await page.locator('.copy-as summary').click();
    const opened = page.context().waitForEvent('page');
    await page.getByRole('link', { name: 'Open in GraphiQL' }).click();
    const graphiql = await opened;
    const editors = graphiql.locator('.graphiql-editors');
    await editors.getByText('$labels').first().waitFor();
    await editors.getByText('"/examples/march-pastoral.jpg"').first().waitFor();
    expect(await editors.locator('.graphiql-query-editor').textContent()).not.toContain('pastoral');
    expect(new URL(graphiql.url()).hash).toBe('');
    await graphiql.locator('.graphiql-execute-button').click();
    await graphiql.locator('.result-window').getByText('"sheep"').first().waitFor();
  });

  test('of a picture that was scaled down says so', async () => {
    const limited = await startBuiltServer(['--max-megapixels', '0.05']);
    const { page } = await visit(site.browser, `${limited.url}/`);
    await page.locator('input[type=file]').first().setInputFiles(join(site.folder, COPIED_FILE));
    await shownScores(page);
    await page.locator('.copy-as summary').click();
    await page
      .getByText(
        `${COPIED_FILE} was scaled down in this browser. The code sends the original from your disk`,
      )
      .waitFor();
    await limited.end();
  });
});

interface Scored {
  readonly scores: readonly { readonly label: string; readonly probability: number }[];
}

interface Found {
  readonly total: number;
  readonly edges: readonly {
    readonly relevance: number;
    readonly node: { readonly key: string };
  }[];
}

interface Duplicates {
  readonly total: number;
  readonly groups: readonly { readonly representative: { readonly key: string } }[];
}

interface Judged {
  readonly crossValidation: {
    readonly accuracy: { readonly value: number };
    readonly confusionMatrix: readonly { readonly counts: readonly number[] }[];
  };
}

interface Changed {
  readonly classifier: {
    readonly classes: readonly { readonly label: string; readonly exampleCount: number }[];
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

const asShown = ({ label, probability }: Scored['scores'][number]) => [label, percent(probability)];
