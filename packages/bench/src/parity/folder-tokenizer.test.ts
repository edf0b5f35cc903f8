import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REFERENCE, REPOSITORY } from '../kit/folders.ts';
import { runParity } from './suite.ts';
import { failuresOf } from './testing/failures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-tokens-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function compare(cases: readonly object[], tokenizer?: string) {
  const file = join(folder, 'texts.json');
  await writeFile(file, JSON.stringify({ cases }));
  const request = { engines: [], cases: [], preprocess: undefined, tokens: [file], tokenizer };
  return runParity(request, () => {});
}

const padded = (ids: readonly number[]) => [...ids, ...new Array<number>(64 - ids.length).fill(0)];

/** Ids by Hugging Face's tokenizers. */
test.each([
  ['transformers-5-siglip2', padded([262, 305, 299, 308, 300, 1])],
  ['open_clip', [521, 320, 513, 267, 515, 256, 522]],
])(
  'the tokenizer of %s is that of its folder, of the kind that its config says',
  async (layout, ids) => {
    const tokenizer = join(REFERENCE, 'layouts', layout);
    const right = await compare([{ text: 'A cat, dog!', ids }], tokenizer);
    expect(failuresOf(right)).toEqual([]);
    const wrong = await compare([{ text: 'A dog, cat!', ids }], tokenizer);
    expect(wrong[0]!.row).toMatchObject({ case: 'tokens/texts', passed: false });
  },
);

test('a file beside a tokenizer is compared with that one', async () => {
  const layout = join(REFERENCE, 'layouts/open_clip');
  for (const name of ['open_clip_config.json', 'tokenizer.json']) {
    await copyFile(join(layout, name), join(folder, name));
  }
  const cases = [{ text: 'a cat, dog!', ids: [521, 320, 513, 267, 515, 256, 522] }];
  expect(failuresOf(await compare(cases))).toEqual([]);
});

test('a folder without a config is refused', async () => {
  const cases = [{ text: 'a', ids: [1] }];
  await expect(compare(cases, join(REPOSITORY, 'docs'))).rejects.toThrow('--tokenizer: expected');
});
