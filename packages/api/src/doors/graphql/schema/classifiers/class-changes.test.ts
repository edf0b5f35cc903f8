/** Classes and their pictures after a classifier was made: moved, renamed, added, removed, and judged. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../../testing/api.ts';
import { picture } from '../../../../testing/pictures.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

const [RED, BLUE, GREEN] = [0xc00000, 0x0000a0, 0x00a000];
const shades = (colour: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({
    base64: Buffer.from(picture(colour + 3 * (from + i))).toString('base64'),
  }));

const CREATE = `mutation ($input: CreateClassifierInput!) { createClassifier(input: $input) { errors { message } } }`;
const create = async (name: string, classes: object[]) => {
  const { data } = await api.query(CREATE, { input: { name, classes } });
  expect(data.createClassifier.errors).toEqual([]);
};
const SET = `mutation ($input: SetClassesInput!) {
  setClasses(input: $input) {
    classifier { classes { label texts exampleCount } examples { label } }
    warnings
    errors { code message }
  }
}`;
const set = async (classifier: string, classes: object[]) =>
  (await api.query(SET, { input: { classifier, classes } })).data.setClasses;
const MOVE = `mutation ($input: MoveExamplesInput!) {
  moveExamples(input: $input) { moved classifier { temperature classes { label exampleCount } } errors { code message } }
}`;
const move = async (input: object) => (await api.query(MOVE, { input })).data.moveExamples;
const JUDGED = `query ($name: String!) {
  classifier(name: $name) {
    examples { label contentHash }
    crossValidation {
      images folds isLeaveOneOut accuracy { value low high } balancedAccuracy { value }
      classes { value images predicted recall { value } }
      confusionMatrix { truth counts }
      mistakes { contentHash truth predicted probability truthProbability }
    }
  }
}`;
const judge = async (name: string) => {
  const { data, errors } = await api.query(JUDGED, { name });
  expect(errors).toEqual([]);
  return data.classifier;
};
const labelOf = async (colour: number, classifier: string): Promise<string> => {
  const [image] = shades(colour, 1, 9);
  const query = `query ($image: ImageInput!, $classifier: String) { classify(image: $image, classifier: $classifier) { label } }`;
  return (await api.query(query, { image, classifier })).data.classify.label;
};

test('a picture in the wrong class is told by cross-validation, and moved it is right', async () => {
  await create('colours', [
    { label: 'red', texts: [], images: [...shades(RED, 5), ...shades(BLUE, 1, 7)] },
    { label: 'blue', texts: [], images: shades(BLUE, 5) },
  ]);
  const { crossValidation: before } = await judge('colours');
  expect(before).toMatchObject({ images: 11, folds: 11, isLeaveOneOut: true });
  expect(before.accuracy.value).toBeCloseTo(10 / 11, 12);
  expect(before.confusionMatrix).toEqual([
    { truth: 'red', counts: [5, 1] },
    { truth: 'blue', counts: [0, 5] },
  ]);
  expect(before.mistakes).toMatchObject([{ truth: 'red', predicted: 'blue' }]);
  const [{ contentHash }] = before.mistakes;
  const moved = await move({
    classifier: 'colours',
    contentHashes: [contentHash, 'ff'],
    label: 'blue',
  });
  expect(moved).toMatchObject({
    moved: 1,
    errors: [],
    classifier: { classes: [{ exampleCount: 5 }, { exampleCount: 6 }] },
  });
  expect(moved.classifier.temperature).toBeGreaterThan(0);
  const { crossValidation, examples } = await judge('colours');
  expect(crossValidation).toMatchObject({ accuracy: { value: 1 }, mistakes: [] });
  const there = examples.find((one: { contentHash: string }) => one.contentHash === contentHash);
  expect(there.label).toBe('blue');
  expect(
    await move({ classifier: 'colours', contentHashes: [contentHash], label: 'green' }),
  ).toMatchObject({
    moved: null,
    errors: [{ message: 'expected one of the classes "red", "blue", got "green"' }],
  });
});

test('without pictures there is nothing to judge by', async () => {
  await create('words', [{ label: 'red' }, { label: 'blue' }]);
  expect(await judge('words')).toEqual({ examples: [], crossValidation: null });
});

test('classes are added, renamed and removed, and those that are renamed keep their pictures', async () => {
  await create('growing', [
    { label: 'red', images: shades(RED, 3) },
    { label: 'blue', images: shades(BLUE, 3) },
  ]);
  const long = '∑ '.repeat(99);
  const { classifier, warnings, errors } = await set('growing', [
    { label: 'azure', from: 'blue', texts: [] },
    { label: 'violin', texts: ['violin', long] },
    { label: 'red', from: 'red' },
  ]);
  expect(errors).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining('was cut')]);
  expect(classifier.classes).toEqual([
    { label: 'azure', texts: [], exampleCount: 3 },
    { label: 'violin', texts: ['violin', long], exampleCount: 0 },
    { label: 'red', texts: null, exampleCount: 3 },
  ]);
  const add = `mutation ($images: [ImageInput!]!) { addExamples(input: { classifier: "growing", classes: [{ label: "violin", images: $images }] }) { errors { message } } }`;
  await api.query(add, { images: shades(GREEN, 3) });
  expect(await labelOf(GREEN, 'growing')).toBe('violin');
  expect(await labelOf(BLUE, 'growing')).toBe('azure');
  const fewer = await set('growing', [
    { label: 'red', from: 'red' },
    { label: 'violin', from: 'violin' },
  ]);
  expect(fewer.classifier.examples.map(({ label }: { label: string }) => label)).toEqual([
    ...Array(3).fill('red'),
    ...Array(3).fill('violin'),
  ]);
});

test('classes that cannot be are refused in one sentence, and nothing changes', async () => {
  await create('firm', [{ label: 'red', images: shades(RED, 1) }, { label: 'blue' }]);
  for (const [classes, message] of [
    [[{ label: 'red', from: 'red' }], 'expected at least 2 classes, got 1'],
    [
      [
        { label: 'a', from: 'red' },
        { label: 'b', from: 'red' },
      ],
      'expected one class from each that is there, got two from "red"',
    ],
    [
      [{ label: 'a', from: 'pink' }, { label: 'b' }],
      'expected one of the classes "red", "blue", got "pink"',
    ],
    [
      [{ label: 'a' }, { label: 'b', texts: [] }],
      'expected texts or at least 1 picture in class "b", got neither',
    ],
  ] as const) {
    const { classifier, errors } = await set('firm', [...classes]);
    expect(classifier).toBeNull();
    expect(errors).toEqual([{ code: 'BAD_INPUT', message }]);
  }
  const { data } = await api.query(
    '{ classifier(name: "firm") { classes { label exampleCount } } }',
  );
  expect(data.classifier.classes).toEqual([
    { label: 'red', exampleCount: 1 },
    { label: 'blue', exampleCount: 0 },
  ]);
});

test('cross-validation is priced as several searches', async () => {
  const fields = Array.from(
    { length: 5 },
    (_, i) => `c${i}: classifier(name: "a") { crossValidation { folds } }`,
  );
  const { errors } = await api.query(`{ ${fields.join(' ')} }`);
  expect(errors).toMatchObject([{ extensions: { code: 'TOO_MANY_SCANS' } }]);
});
