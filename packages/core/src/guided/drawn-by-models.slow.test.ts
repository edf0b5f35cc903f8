import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Clip } from '../clip.ts';
import { loadClip } from '../load-clip.ts';
import type { ModelFiles } from '../model-files.ts';
import { modelFromFolder } from '../node/index.ts';
import { nanoModel } from '../testing/nano.ts';
import { createPicture, restorePicture } from './create-picture.ts';
import type { PictureOptions } from './picture-settings.ts';
import { SMALL, stepsOf } from './testing/small-picture.ts';

const LITE = fileURLToPath(new URL('../../../../models/lite', import.meta.url));

const nano = (threads: number): Promise<Clip> => loaded(nanoModel(), threads);

async function loaded(model: Promise<ModelFiles>, threads: number): Promise<Clip> {
  const clip = await loadClip(await model, { threads });
  onTestFinished(() => clip.dispose());
  return clip;
}

test('a picture comes closer to its prompt than to others, seen whole', async () => {
  const clip = await nano(2);
  const labels = ['a photo of a sheep.', 'a photo of a boat.', 'a photo of a house.'];
  const picture = await createPicture(clip, { ...SMALL, prompts: labels[0]! });
  const grey = await picture.image();
  const first = await picture.step();
  await stepsOf(picture, 9);
  const last = await picture.step();
  expect(last.loss).toBeLessThan(first.loss);
  const image = await picture.image();
  const [drawn, before] = await clip.classify([image, grey], labels, { templates: ['{}'] });
  expect(before!.best.label).not.toBe(labels[0]);
  expect(drawn!.best.label).toBe(labels[0]);
  expect(drawn!.best.probability!).toBeGreaterThan(0.9);
});

test('the same seed gives the same bytes for 1 and 2 threads, and restored at any step', async () => {
  const options: PictureOptions = {
    ...SMALL,
    prompts: ['a dog', { text: 'a cat', weight: -0.5 }],
    seed: 11,
  };
  const whole = await stepsOf(await createPicture(await nano(2), options), 4);
  const alone = await nano(1);
  let restored = await createPicture(alone, options);
  for (const step of [0, 1, 3, 4]) {
    restored = await restorePicture(alone, (await stepsOf(restored, step)).state());
  }
  expect(restored.state()).toEqual(whole.state());
  expect(await restored.image()).toEqual(await whole.image());
});

test('models of two architectures take turns, also restored between them', async () => {
  const models = [await nano(2), await loaded(modelFromFolder(LITE), 2)];
  const options: PictureOptions = { ...SMALL, prompts: 'a dog', seed: 3 };
  const cosinesBy = async (clips: readonly Clip[]): Promise<readonly number[]> => {
    const picture = await createPicture(clips, options);
    return [...(await picture.step()).cosines, ...(await picture.step()).cosines];
  };
  const [first, second] = await cosinesBy(models);
  expect((await cosinesBy(models.slice(0, 1)))[0]).toBe(first);
  // The second step is by the other model, and sees what the first one drew.
  expect((await cosinesBy(models.slice(0, 1)))[1]).not.toBe(second);
  const [before, after] = await cosinesBy(models.toReversed());
  expect(before).not.toBe(first);
  expect(after).not.toBe(second);

  const whole = await stepsOf(await createPicture(models, options), 4);
  let restored = await createPicture(models, options);
  for (const step of [1, 2, 4]) {
    restored = await restorePicture(models, (await stepsOf(restored, step)).state());
  }
  expect(restored.state()).toEqual(whole.state());
  await expect(restorePicture(models.toReversed(), whole.state())).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: 'expected the state of this picture, got one by nano, lite',
  });
});
