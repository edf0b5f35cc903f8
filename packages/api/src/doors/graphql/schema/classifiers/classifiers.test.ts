import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  dataUrl,
  exampleBytes,
  metricOf,
  startApi,
  type TestApi,
} from '../../../../testing/api.ts';
import { picture } from '../../../../testing/pictures.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

const base64 = (bytes: Uint8Array) => ({ base64: Buffer.from(bytes).toString('base64') });
/** Pictures of shades of a colour. */
const shades = (colour: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => base64(picture(colour + 3 * (from + i))));
const [RED, BLUE, GREEN] = [0xc00000, 0x0000a0, 0x00a000];
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const PAYLOAD = `
  classifier { name model templates temperature exampleCount classes { label texts exampleCount } }
  errors { code message }`;
const TAUGHT = `${PAYLOAD} failures { label index code message } warnings`;
const CREATE = `mutation ($input: CreateClassifierInput!) { createClassifier(input: $input) { ${TAUGHT} } }`;
const ADD = `mutation ($input: AddExamplesInput!) { addExamples(input: $input) { ${TAUGHT} } }`;
const REMOVE = `mutation ($input: RemoveExamplesInput!) { removeExamples(input: $input) { removed ${PAYLOAD} } }`;

const create = async (name: string, classes: object[], more: object = {}) => {
  const { data, errors } = await api.query(CREATE, { input: { name, classes, ...more } });
  expect(errors).toEqual([]);
  return data.createClassifier;
};
const add = async (classifier: string, classes: object[]) =>
  (await api.query(ADD, { input: { classifier, classes } })).data.addExamples;
const remove = async (classifier: string, contentHashes: readonly string[]) =>
  (await api.query(REMOVE, { input: { classifier, contentHashes } })).data.removeExamples;

const CLASSIFY = `query ($image: ImageInput!, $labels: [String!], $classifier: String, $mode: ClassifyMode, $templates: [String!]) {
  classify(image: $image, labels: $labels, classifier: $classifier, mode: $mode, templates: $templates) {
    label calibrated temperature scores { index label probability cosine logit } warnings model { name }
  }
}`;
const classify = (variables: object) => api.query(CLASSIFY, variables);

const colours = (count = 4) => [
  { label: 'red', images: shades(RED, count) },
  { label: 'blue', images: shades(BLUE, count) },
];

test.each(['SOFTMAX', 'SIGMOID', 'COSINE', undefined])(
  'without pictures a classifier answers as its labels do, digit by digit, in mode %s',
  async (mode) => {
    const templates = ['a photo of a {}.', 'a drawing of a {}.'];
    const labels = ['sheep', 'mountain', '∑ '.repeat(99)];
    const name = `words-${mode?.toLowerCase() ?? 'own'}`;
    const { classifier, warnings } = await create(
      name,
      labels.map((label) => ({ label })),
      { templates },
    );
    expect(classifier).toMatchObject({ templates, temperature: null, exampleCount: 0 });
    expect(warnings).toEqual([expect.stringContaining('was cut')]);
    const image = { url: '/examples/march-pastoral.jpg' };
    const { data: byLabels } = await classify({ image, labels, templates, mode });
    const { data: byName } = await classify({ image, classifier: name, mode });
    expect(byName).toEqual(byLabels);
    expect(byName.classify).toMatchObject({ calibrated: false, temperature: null });
  },
);

test('a classifier that has learned from pictures answers with calibrated probabilities, and says so', async () => {
  const { classifier, failures, warnings, errors } = await create('colours', [
    ...colours(),
    { label: 'other', texts: [], images: shades(GREEN, 4) },
  ]);
  expect([failures, warnings, errors]).toEqual([[], [], []]);
  expect(classifier.classes).toEqual([
    { label: 'red', texts: null, exampleCount: 4 },
    { label: 'blue', texts: null, exampleCount: 4 },
    { label: 'other', texts: [], exampleCount: 4 },
  ]);
  expect(classifier.temperature).toBeGreaterThan(0);
  for (const [colour, label] of [
    [RED, 'red'],
    [BLUE, 'blue'],
    [GREEN, 'other'],
  ] as const) {
    const { data } = await classify({ image: shades(colour, 1, 8)[0], classifier: 'colours' });
    const { scores, ...answer } = data.classify;
    const { temperature } = classifier;
    expect(answer).toMatchObject({ label, calibrated: true, temperature });
    const exponentials = scores.map(({ logit }: { logit: number }) =>
      Math.exp(logit / temperature),
    );
    const sum = exponentials.reduce((a: number, b: number) => a + b);
    scores.forEach(({ probability }: { probability: number }, i: number) => {
      expect(probability).toBeCloseTo(exponentials[i] / sum, 10);
    });
    expect(scores[0].probability).toBeGreaterThan(scores[1].probability);
    // The mean of its pictures stands for a class without texts.
    const other = scores.find((score: { label: string }) => score.label === 'other');
    if (label === 'other') expect(other.cosine).toBeGreaterThan(0.9);
  }
  expect(await metricOf(api, 'clipql_stage_seconds_count{stage="train"}')).toBeGreaterThan(0);
});

test('pictures that are added or removed change its answers at once', async () => {
  const image = base64(picture(GREEN));
  await create('growing', [...colours(), { label: 'other', texts: ['a photo of a violin.'] }]);
  const before = await classify({ image, classifier: 'growing' });
  const added = await add('growing', [{ label: 'other', images: shades(GREEN, 3, 1) }]);
  expect(added.classifier.exampleCount).toBe(11);
  const after = await classify({ image, classifier: 'growing' });
  expect(after.data.classify.label).toBe('other');
  expect(after.data.classify.temperature).toBe(added.classifier.temperature);
  const { data } = await api.query(
    '{ classifier(name: "growing") { examples { label contentHash source addedAt imageUrl } } }',
  );
  const greens = data.classifier.examples.filter(
    ({ label }: { label: string }) => label === 'other',
  );
  expect(greens).toHaveLength(3);
  expect(greens[0]).toMatchObject({ source: 'upload', imageUrl: null });
  const removed = await remove(
    'growing',
    greens.map((one: { contentHash: string }) => one.contentHash),
  );
  expect(removed).toMatchObject({ removed: 3, errors: [], classifier: { exampleCount: 8 } });
  expect(await classify({ image, classifier: 'growing' })).toEqual(before);
});

test('pictures that are damaged, given twice or in two classes are told one by one, and the others teach', async () => {
  const [twice, both] = [picture(RED + 30), picture(RED + 60)];
  const damaged = (await exampleBytes('march-pastoral.jpg')).subarray(0, 3000);
  const { classifier, failures, warnings } = await create('mixed', [
    {
      label: 'red',
      images: [base64(damaged), ...shades(RED, 2), base64(twice), base64(twice), base64(both)],
    },
    {
      label: 'blue',
      images: [base64(both), { url: 'ftp://example.org/a.png' }, ...shades(BLUE, 2)],
    },
  ]);
  expect(failures).toEqual([
    { label: 'red', index: 0, code: 'IMAGE_CORRUPT', message: expect.any(String) },
    {
      ...{ label: 'red', index: 5, code: 'CONTRADICTORY_EXAMPLE' },
      message: 'expected a picture in one class, got it in "red" and in "blue"',
    },
    {
      ...{ label: 'blue', index: 0, code: 'CONTRADICTORY_EXAMPLE' },
      message: 'expected a picture in one class, got it in "blue" and in "red"',
    },
    { label: 'blue', index: 1, code: 'BAD_IMAGE_URL', message: expect.any(String) },
  ]);
  expect(warnings).toEqual(['picture 4 of class "red" is in it already, and is kept once']);
  expect(classifier.classes.map((one: { exampleCount: number }) => one.exampleCount)).toEqual([
    3, 2,
  ]);
  const again = await add('mixed', [
    { label: 'blue', images: [base64(twice)] },
    { label: 'red', images: [base64(twice)] },
  ]);
  expect(again).toMatchObject({
    failures: [{ label: 'blue', index: 0, code: 'CONTRADICTORY_EXAMPLE' }],
    warnings: ['picture 0 of class "red" is in it already, and is kept once'],
    classifier: { exampleCount: 5 },
  });
});

test('what cannot be a classifier is an error that names what is wrong, and nothing is kept', async () => {
  const violin = { label: 'violin' };
  const damaged = { label: 'none', texts: [], images: [{ base64: 'AAAA' }] };
  for (const [classes, code, message] of [
    [[violin], 'BAD_INPUT', 'expected at least 2 classes, got 1'],
    [[violin, violin], 'BAD_INPUT', 'expected each class once, got two with the label "violin"'],
    [
      [violin, { label: 'none', texts: [] }],
      'BAD_INPUT',
      'expected texts or at least 1 picture in class "none"',
    ],
    [[violin, damaged], 'BAD_INPUT', 'in class "none", got none: picture 0: IMAGE_UNSUPPORTED:'],
    [
      [violin, { label: 'x', images: shades(RED, 51) }],
      'TOO_MANY_EXAMPLES',
      'at most 50 pictures in class "x", got 51',
    ],
  ] as const) {
    const { classifier, errors } = await create('wrong', [...classes]);
    expect(classifier).toBeNull();
    expect(errors).toEqual([{ code, message: expect.stringContaining(message) }]);
  }
  const { data } = await api.query('{ classifiers { name } }');
  expect(data.classifiers.map(({ name }: { name: string }) => name)).not.toContain('wrong');
});

test('a name is taken once, unless the classifier is replaced, and a deleted one is gone', async () => {
  await create('once', colours(1));
  expect((await create('once', colours(1))).errors).toMatchObject([{ code: 'CLASSIFIER_EXISTS' }]);
  const { classifier } = await create('once', [{ label: 'a' }, { label: 'b' }], { replace: true });
  expect(classifier).toMatchObject({ exampleCount: 0 });
  const { data } = await api.query(
    'mutation { deleteClassifier(input: { name: "once" }) { name errors { code } } }',
  );
  expect(data.deleteClassifier).toEqual({ name: 'once', errors: [] });
  const { errors } = await classify({ image: base64(picture(1)), classifier: 'once' });
  expect(errors).toMatchObject([{ extensions: { code: 'UNKNOWN_CLASSIFIER' } }]);
  expect((await add('once', [])).errors).toMatchObject([{ code: 'UNKNOWN_CLASSIFIER' }]);
});

test('arguments of which only one makes sense are refused', async () => {
  await create('strict', colours());
  const image = base64(picture(1));
  for (const [args, message] of [
    [{ labels: ['a'] }, 'expected one of labels, labelSet and classifier, got 2 of them'],
    [{ templates: ['{}'] }, 'expected no templates beside classifier, which has its own'],
    [
      { mode: 'SIGMOID' },
      'expected mode softmax, as strict has learned from pictures, got sigmoid',
    ],
  ] as const) {
    const { errors } = await classify({ image, classifier: 'strict', ...args });
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_INPUT' } }]);
  }
  const added = await add('strict', [{ label: 'green', images: [] }]);
  expect(added.errors).toEqual([
    { code: 'BAD_INPUT', message: 'expected one of the classes "red", "blue", got "green"' },
  ]);
  const red = { label: 'red', images: [] };
  expect((await add('strict', [red, red])).errors).toEqual([
    {
      code: 'BAD_INPUT',
      message: 'expected all pictures of a class in one entry, got two entries for "red"',
    },
  ]);
});

test('many images are asked of a classifier, and other fields of the same operation of labels', async () => {
  await create('many', colours());
  const images = [...shades(RED, 1, 9), { base64: 'AAAA' }, ...shades(BLUE, 1, 9)];
  const { data } = await api.query(
    `query ($images: [ImageInput!]!) {
      classifyMany(images: $images, classifier: "many", topK: 1, rejectBelow: 0) {
        ... on Classification { label calibrated scores { label } }
        ... on ImageError { index code }
      }
      labels: classifyMany(images: [], labels: ["a"]) { __typename }
    }`,
    { images },
  );
  expect(data.classifyMany).toEqual([
    { label: 'red', calibrated: true, scores: [{ label: 'red' }] },
    { index: 1, code: 'IMAGE_UNSUPPORTED' },
    { label: 'blue', calibrated: true, scores: [{ label: 'blue' }] },
  ]);
});

test('an image’s file is served only where images are kept', async () => {
  const [kept, url] = [picture(RED), '/examples/march-pastoral.jpg'];
  await create(
    'keeping',
    [
      { label: 'red', images: [base64(kept)] },
      { label: 'sheep', images: [{ url }] },
    ],
    { keepImages: true },
  );
  const { data } = await api.query(
    '{ classifier(name: "keeping") { keepsImages examples { source imageUrl } } }',
  );
  const [first, second] = data.classifier.examples;
  expect([first.source, second.source]).toEqual(['upload', url]);
  const image = await api.fetch(first.imageUrl);
  expect(image.headers.get('content-type')).toBe('image/png');
  expect(new Uint8Array(await image.arrayBuffer())).toEqual(kept);
  expect(hashOf(new Uint8Array(await (await api.fetch(second.imageUrl)).arrayBuffer()))).toBe(
    hashOf(await exampleBytes('march-pastoral.jpg')),
  );
  await create('forgetting', [{ label: 'red', images: [base64(kept)] }, { label: 'sheep' }]);
  for (const path of [`forgetting/${hashOf(kept)}`, 'keeping/abc', 'nobody/abc', 'keeping']) {
    expect((await api.fetch(`/classifiers/${path}`)).status).toBe(404);
  }
});

test('SageMaker’s path takes a classifier in place of classes', async () => {
  await create('sage', colours());
  const post = (body: object) =>
    api.fetch('/invocations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const images = [dataUrl(picture(BLUE + 30), 'image/png')];
  const response = await post({ images, classifier: 'sage' });
  expect(await response.json()).toEqual([
    [
      [1, 0],
      ['blue', 'red'],
      [expect.any(Number), expect.any(Number)],
    ],
  ]);
  expect(Number(response.headers.get('clipql-calibration-temperature'))).toBeGreaterThan(0);
  const both = await post({ images, classifier: 'sage', classes: ['a'] });
  expect(await both.text()).toContain('expected either classes or classifier, got both');
  expect((await post({ images, classifier: 'nobody' })).status).toBe(404);
});

test('an operation trains at most 16 times', async () => {
  const fields = Array.from(
    { length: 17 },
    (_, i) => `r${i}: removeExamples(input: { classifier: "a", contentHashes: [] }) { removed }`,
  );
  const { errors } = await api.query(`mutation { ${fields.join(' ')} }`);
  expect(errors).toMatchObject([{ extensions: { code: 'TOO_MANY_SCANS' } }]);
});
