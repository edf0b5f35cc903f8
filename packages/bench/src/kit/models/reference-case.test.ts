import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../folders.ts';
import { readCase, referenceCase } from './reference-case.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-case-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SOUND = {
  config: { projection_dim: 2 },
  input_ids: [[0, 1], [1]],
  image_embeds: [[1, 2]],
  text_embeds: [
    [1, 2],
    [3, 4],
  ],
  logits_per_image: [[5, 6]],
};

async function read(content: unknown) {
  const file = join(folder, 'case.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readCase(file);
}

describe('readCase', () => {
  test('takes weights and pixels from the recipe, seed 0, where the file says nothing', async () => {
    expect(await read(SOUND)).toMatchObject({ name: 'case', seed: 0, weights: undefined });
  });

  test('takes images without texts, and texts without images', async () => {
    const { config, image_embeds, input_ids, text_embeds } = SOUND;
    expect((await read({ config, image_embeds })).texts).toBeUndefined();
    expect((await read({ config, input_ids, text_embeds })).images).toBeUndefined();
  });

  test('finds the folder of weights in the field, or at the beginning of the note', async () => {
    const nano = join(REPOSITORY, 'models', 'nano');
    expect((await readCase(referenceCase('nano'))).weights).toBe(nano);
    expect((await read({ ...SOUND, note: 'weights: models/nano; seed 0' })).weights).toBe(nano);
    expect((await read({ ...SOUND, note: 'weights: seeded recipe' })).weights).toBeUndefined();
  });

  test.each([
    ['text that is not JSON', '{', 'not valid JSON'],
    ['a list', [], 'expected a JSON object, got an empty list'],
    ['no config', { ...SOUND, config: undefined }, 'config: expected an object, got none'],
    ['a seed in words', { ...SOUND, seed: 'one' }, 'seed: expected a whole number, got "one"'],
    [
      'no outputs',
      { config: {} },
      'expected image_embeds, or input_ids and text_embeds, got neither',
    ],
    [
      'an embedding that is too short',
      { ...SOUND, image_embeds: [[1]] },
      'image_embeds[0]: expected 2 numbers, got 1',
    ],
    [
      'a missing embedding',
      { ...SOUND, text_embeds: [[1, 2]] },
      'text_embeds: expected 2 rows, got 1',
    ],
    [
      'texts without embeddings',
      { ...SOUND, text_embeds: null },
      'text_embeds: expected those of input_ids, got none',
    ],
    [
      'logits of other texts',
      { ...SOUND, logits_per_image: [[1]] },
      'logits_per_image[0]: expected 2 numbers, got 1',
    ],
    [
      'a value in words',
      { ...SOUND, image_embeds: [[1, '2']] },
      'image_embeds[0][1]: expected a number, got "2"',
    ],
  ])('refuses %s', async (_, content, problem) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'CASE_INVALID',
      message: `${join(folder, 'case.json')}: ${problem}`,
    });
  });

  test('says when there is no such file', async () => {
    const file = join(folder, 'nothing.json');
    await expect(readCase(file)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: `${file}: cannot be read (ENOENT)`,
    });
  });
});
