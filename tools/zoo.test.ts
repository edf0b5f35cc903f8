import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { zoo } from '../packages/api/src/models/zoo.ts';
import { WEIGHTS_FILES } from '../packages/core/src/model-files.ts';
import { withZooTable, ZOO_PAGE } from './documented/zoo-table.ts';

test('docs/models.md has the zoo as it is: pnpm zoo writes it', () => {
  const page = readFileSync(ZOO_PAGE, 'utf8');
  expect(page).toBe(withZooTable(page));
});

test.each(zoo())('$id: its weights come last, after a config and a tokenizer', ({ files }) => {
  const names = files.map(({ name }) => name);
  expect(WEIGHTS_FILES).toContain(names.at(-1));
  expect(names).toContain('tokenizer.json');
  expect(names.some((name) => /^(open_clip_)?config\.json$/.test(name))).toBe(true);
  expect(new Set(names).size).toBe(names.length);
});

test('no two models of the zoo have one id', () => {
  const ids = zoo().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
