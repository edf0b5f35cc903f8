import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { folderAt } from './browser/chromium.ts';

const PAGE = 'packages/api/page';
const IMPORT =
  /^import (?:type )?[\w*{][^;']*from '([^']+)';|^import '([^']+)';|\bimport\('([^']+)'\)/gm;

/** The sources of the page by path, each with what it imports: files from the root, packages by name. */
const sources = globSync('**/*.{ts,tsx}', { cwd: folderAt(PAGE), exclude: ['node_modules/**'] })
  .filter((path) => !path.endsWith('.test.ts'))
  .map((path) => {
    const found = readFileSync(join(folderAt(PAGE), path), 'utf8').matchAll(IMPORT);
    const names = [...found].map(([, one, bare, loaded]) => one ?? bare ?? loaded!);
    const full = (name: string) =>
      name.startsWith('.') ? join(PAGE, dirname(path), name).replaceAll('\\', '/') : name;
    return { path: `${PAGE}/${path.replaceAll('\\', '/')}`, imports: names.map(full) };
  });

test('the page imports Preact, its own files and the list of examples alone', () => {
  const allowed = ['preact', 'preact/hooks', 'packages/api/src/images/examples.ts'];
  const strays = sources.flatMap(({ path, imports }) =>
    imports
      .filter((name) => !allowed.includes(name) && !name.startsWith(`${PAGE}/`))
      .map((name) => `${path} imports ${name}`),
  );
  expect(strays).toEqual([]);
});

test('a view knows nothing of another, and the table of views alone knows them', () => {
  const views = sources.map(({ path }) => path).filter((path) => path.endsWith('-view.tsx'));
  expect(views.length).toBeGreaterThan(1);
  const folders = views.map((path) => `${dirname(path)}/`);
  const strays = sources
    .filter(({ path }) => path !== `${PAGE}/views.ts`)
    .flatMap(({ path, imports }) =>
      imports
        .filter((name) => folders.some((one) => name.startsWith(one) && !path.startsWith(one)))
        .map((name) => `${path} imports ${name}`),
    );
  expect(strays).toEqual([]);
});
