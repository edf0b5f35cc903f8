import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { errorsPage } from './errors-page.ts';

test('docs/errors.md is the table of codes; if not, `pnpm errors` writes it', async () => {
  const file = new URL('../../../../docs/errors.md', import.meta.url);
  expect(await readFile(file, 'utf8')).toBe(errorsPage());
});
