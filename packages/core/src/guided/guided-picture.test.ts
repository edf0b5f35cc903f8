import { expect, test } from 'vitest';
import { crc32 } from '../crc32.ts';
import { createPicture, restorePicture } from './create-picture.ts';
import type { GuidedPicture } from './guided-picture.ts';
import { readPictureState } from './picture-file.ts';
import type { PictureModel } from './picture-model.ts';
import type { PictureOptions } from './picture-settings.ts';
import { RECIPE_NUMBER } from './recipe.ts';
import { colourModel } from './testing/colour-model.ts';
import { SMALL, stepsOf } from './testing/small-picture.ts';

/** Means of red, green and blue. */
async function colourOf(picture: GuidedPicture): Promise<readonly number[]> {
  const { data } = await picture.image();
  return [0, 1, 2].map(
    (channel) =>
      data.reduce((sum, value, i) => sum + (i % 3 === channel ? value : 0), 0) / (data.length / 3),
  );
}

test('a picture restored in the middle of all its steps ends in the same bytes, and another seed in others', async () => {
  const options = { ...SMALL, prompts: 'red', seed: 2 };
  const whole = await createPicture(colourModel(), options);
  await stepsOf(whole, 35);
  // Buffers of Node are bytes too, and lie anywhere in their memory.
  const state = Buffer.concat([Buffer.from('x'), whole.state()]).subarray(1);
  const restored = await restorePicture(colourModel(), state);
  for (const picture of [whole, restored]) await stepsOf(picture, picture.steps);
  expect(restored.state()).toEqual(whole.state());
  const other = await createPicture(colourModel(), { ...options, seed: 3 });
  await stepsOf(other, other.steps);
  expect(await other.image()).not.toEqual(await whole.image());
  expect(whole.isDone).toBe(true);
  await expect(whole.step()).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test('a seed keeps its meaning while the recipe has this number', async () => {
  // Each view is its own gradient, and the dropped branches are added, so that all of a step counts. Nothing here depends
  // on the machine: WebAssembly and JavaScript say how arithmetic is rounded, and V8 computes tanh and powers in software.
  const model: PictureModel = {
    ...colourModel(),
    imageGradient: async (views, targets, { dropped = [] } = {}) => {
      const sum = dropped.reduce((all, branch) => all + branch, 0);
      return views.map(({ data }) => ({
        gradient: data.map((value) => value + sum),
        cosines: targets.map(() => 0.5),
      }));
    },
  };
  const picture = await createPicture(model, { ...SMALL, prompts: 'red', seed: 2 ** 40 + 3 });
  await stepsOf(picture, 3);
  const { values, momentum } = readPictureState(picture.state()).ascent;
  const checksums = [values, momentum].map((array) => crc32(new Uint8Array(array.buffer)));
  expect({ recipe: picture.recipe, checksums }).toEqual({
    recipe: 4,
    checksums: [2788813621, 182154038],
  });
});

test('weights say what a picture becomes', async () => {
  // After 5 steps: later, as both colours are darker than grey, brightness swings to black.
  const colourBy = async (prompts: PictureOptions['prompts']) => {
    const picture = await createPicture(colourModel(), { ...SMALL, prompts });
    expect(await colourOf(picture)).toEqual([128, 128, 128]);
    return colourOf(await stepsOf(picture, 5));
  };
  const [r, g, b] = await colourBy('red');
  expect(r! - Math.max(g!, b!)).toBeGreaterThan(4);
  const blueMore = [
    { text: 'blue', weight: 4 },
    { text: 'something', weight: -0.5 },
  ];
  const [less, , more] = await colourBy(['red', ...blueMore]);
  expect(more! - less!).toBeGreaterThan(3);
});

test('the score grows as a picture becomes what it should be, and asking for it changes nothing', async () => {
  const prompts = ['red', { text: 'blue', weight: -0.5 }];
  const picture = await createPicture(colourModel(), { ...SMALL, prompts });
  const other = await createPicture(colourModel(), { ...SMALL, prompts });
  const before = await picture.score();
  for (const one of [picture, other]) await stepsOf(one, 20);
  const after = await picture.score();
  expect(after).toBeGreaterThan(before + 0.1);
  expect(after).toBeLessThanOrEqual(1);
  expect(await picture.score()).toBe(after);
  await picture.step();
  await other.step();
  expect(picture.state()).toEqual(other.state());
});

test('an aborted step changes nothing, and is the same when it is taken again', async () => {
  const controller = new AbortController();
  const picture = await createPicture(
    colourModel(() => controller.abort()),
    { ...SMALL, prompts: 'red' },
  );
  const before = picture.state();
  await expect(picture.step(controller)).rejects.toThrow('aborted');
  expect(picture.state()).toEqual(before);
  const other = await restorePicture(colourModel(), before);
  expect(await picture.step()).toEqual(await other.step());
  expect(picture.state()).toEqual(other.state());
});

test('a start picture is what there is at first, and is kept by its weight', async () => {
  const image = { width: 96, height: 64, channels: 3, data: new Uint8Array(96 * 64 * 3).fill(200) };
  const change = async (keep: number) => {
    const options = { ...SMALL, prompts: 'red', from: { image, keep } } as PictureOptions;
    const picture = await createPicture(colourModel(), options);
    expect(await colourOf(picture)).toEqual([200, 200, 200]);
    await stepsOf(picture, 10);
    const restored = await restorePicture(colourModel(), picture.state());
    expect(await restored.image()).toEqual(await picture.image());
    return Math.hypot(...(await colourOf(picture)).map((value) => value - 200));
  };
  const half = await change(0.5);
  expect(await change(1)).toBe(0);
  expect(half).toBeGreaterThan(0);
  expect(await change(0)).toBeGreaterThan(1.3 * half);
});

test('each step drops branches of its own, half of EfficientNet-Lite’s and a tenth of another’s', async () => {
  const dropped = { 'efficientnet-lite': [] as string[], clip: [] as string[] };
  const modelOf = (imageArchitecture: keyof typeof dropped, residualBranches: number) => {
    const model = colourModel();
    const info = { ...model.info, imageArchitecture, residualBranches };
    const imageGradient: PictureModel['imageGradient'] = (views, targets, options) => {
      dropped[imageArchitecture].push(options!.dropped!.join(' '));
      return model.imageGradient(views, targets);
    };
    return { ...model, info, imageGradient };
  };
  const models = [modelOf('efficientnet-lite', 9), modelOf('clip', 24)];
  await stepsOf(await createPicture(models, { ...SMALL, prompts: 'red' }), 50);
  for (const { batches, branches, rate } of [
    { batches: dropped['efficientnet-lite'], branches: 9, rate: 0.5 },
    { batches: dropped.clip, branches: 24, rate: 0.1 },
  ]) {
    const steps = batches.filter((_, batch) => batch % 2 === 0);
    expect(steps).toHaveLength(25);
    expect(steps).toEqual(batches.filter((_, batch) => batch % 2 === 1));
    expect(new Set(steps).size).toBeGreaterThan(15);
    const indices = steps.flatMap((step) => (step === '' ? [] : step.split(' ').map(Number)));
    expect(Math.max(...indices)).toBeLessThan(branches);
    expect(Math.abs(indices.length / (25 * branches) - rate)).toBeLessThan(0.1 * Math.sqrt(rate));
  }
});

test('two models take turns', async () => {
  const turns: string[] = [];
  const models = ['a', 'b'].map((name) => colourModel(() => turns.push(name)));
  await stepsOf(await createPicture(models, { ...SMALL, prompts: 'red' }), 3);
  expect(turns.join('')).toBe('aabbaa');
});

test('a plain prompt with a style counts as two, one with a weight as one', async () => {
  const text = 'a cityscape in the style of Van Gogh';
  const { settings } = await createPicture(colourModel(), { ...SMALL, prompts: [{ text }, text] });
  expect(settings.prompts).toEqual([
    { text, weight: 1 },
    { text: 'a cityscape', weight: 1 },
    { text: 'in the style of Van Gogh', weight: 1 },
  ]);
});

test.each([
  { options: { prompts: [] }, expected: 'a prompt with a positive weight' },
  { options: { prompts: [' '] }, expected: 'a prompt with words' },
  ...[0, 1e-60, -0.0009, 1001, 1e39, Number.NaN].map((weight) => ({
    options: { prompts: ['a cat', { text: 'a dog', weight }] },
    expected: 'a weight of 0.001 to 1000 or −1000 to −0.001 for "a dog"',
  })),
  { options: { prompts: 'a dog', size: 63 }, expected: 'a size of 64 to 1024' },
  { options: { prompts: 'a dog', seed: -1 }, expected: 'a seed of 0 to' },
  { options: { prompts: 'a dog', quality: 'BEST' as 'FINE' }, expected: 'quality DRAFT, STANDARD' },
])('options out of their range are refused: $expected', async ({ options, expected }) => {
  await expect(createPicture(colourModel(), options)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining(`expected ${expected}`),
  });
});

test('a damaged state, one that is cut short, and one of another picture or model are refused', async () => {
  const picture = await createPicture(colourModel(), { ...SMALL, prompts: 'red' });
  const state = picture.state();
  const damaged = state.slice();
  damaged[200]! ^= 1;
  await expect(restorePicture(colourModel(), damaged)).rejects.toThrow('got damaged bytes');
  const short = state.subarray(0, 1000);
  await expect(restorePicture(colourModel(), short)).rejects.toThrow('got damaged bytes');
  const three = new Uint8Array(3);
  await expect(restorePicture(colourModel(), three)).rejects.toThrow('got other bytes');
  const other = { ...colourModel(), encodeTexts: async () => [Float32Array.of(0, 0, 1, 0)] };
  await expect(restorePicture(other, state)).rejects.toThrow('one by colours with other weights');
  const later = await createPicture(colourModel(), { ...SMALL, prompts: 'red', seed: 3 });
  expect(() => later.resume(state)).toThrow('got one with seed 0');
});

test('a state of another recipe, as an earlier version drew, is refused', async () => {
  const picture = await createPicture(colourModel(), { ...SMALL, prompts: 'red' });
  const state = Buffer.from(picture.state());
  const recipe = `"recipe":${RECIPE_NUMBER},`;
  // The first recipe's states name none, and spaces are JSON too.
  state.write(' '.repeat(recipe.length), state.indexOf(recipe), 'latin1');
  state.writeUInt32LE(crc32(state.subarray(0, -4)), state.length - 4);
  await expect(restorePicture(colourModel(), state)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('got one of recipe 1'),
  });
});
