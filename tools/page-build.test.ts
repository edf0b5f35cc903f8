import { expect, test } from 'vitest';
import { builtFiles, committedFiles } from './build-page.ts';

test('the committed page is what packages/api/page builds to', async () => {
  const [built, committed] = [await builtFiles(), committedFiles()];
  const advice = 'run `pnpm page` and commit the result';
  expect([...committed.keys()], advice).toEqual([...built.keys()]);
  for (const [path, bytes] of built) expect(committed.get(path)?.equals(bytes), path).toBe(true);
});
