import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtFiles, committedFiles } from './build-page.ts';
import { SMALL_EXAMPLES, smallExamples } from './small-examples.ts';

test('the committed page is what packages/api/page builds to', async () => {
  const [built, committed] = [await builtFiles(), committedFiles()];
  const advice = 'run `pnpm page` and commit the result';
  expect([...committed.keys()], advice).toEqual([...built.keys()]);
  for (const [path, bytes] of built) expect(committed.get(path)?.equals(bytes), path).toBe(true);
});

test('the page’s small examples are made of the photographs, of at most 20 kB each', async () => {
  const made = await smallExamples();
  expect(readdirSync(SMALL_EXAMPLES).sort()).toEqual([...made.keys()].sort());
  for (const [file, bytes] of made) {
    const committed = readFileSync(`${SMALL_EXAMPLES}${file}`);
    expect(committed.equals(bytes), `${file}: run \`pnpm small-examples\` and commit it`).toBe(
      true,
    );
    expect(bytes.length).toBeLessThanOrEqual(20_000);
  }
});
