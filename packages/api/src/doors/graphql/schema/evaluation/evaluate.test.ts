import { hash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { metricOf, startApi, type TestApi } from '../../../../testing/api.ts';

const FOLDER = fileURLToPath(new URL('../../../../../examples', import.meta.url));
const SHOWS = {
  'french-alpine-landscape.jpg': 'snowy_mountain',
  'black-canyon.jpg': 'boat',
  'nagasaki-boats.jpg': 'boat',
  'march-pastoral.jpg': 'sheep',
  'dust-bowl-home.jpg': 'house',
  'allium-oreophilum.jpg': 'flower',
};
/** Below what an evaluation may have; enough for what is asked here. */
const LOW_LIMITS = { maxLabels: 20, maxPrompts: 200, maxTextLength: 150 };

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ settings: { folders: [FOLDER], ...LOW_LIMITS } });
  api.store.runner.start();
  await api.query('mutation { createCollection(input: { name: "photos" }) { errors { code } } }');
  const items = Object.entries(SHOWS).map(([file, what], i) => ({
    key: file,
    url: file,
    metadata: { what, tags: [what], ...(i > 1 && { century: i % 2 === 0 ? '19' : '20' }) },
  }));
  const others = [
    { key: 'again', url: 'black-canyon.jpg', metadata: { what: 'boat' } },
    { key: 'one', url: 'airplane-from-above.jpg', metadata: { what: 'sheep' } },
    { key: 'two', url: 'airplane-from-above.jpg', metadata: { what: 'house' } },
    { key: 'unknown', url: 'nagasaki-boats.jpg', metadata: {} },
  ];
  const { data } = await api.query(
    'mutation ($items: [IndexItem!]!, $folder: String) { startIndex(input: { collection: "photos", folder: $folder, items: $items }) { job { id } errors { message } } }',
    { folder: FOLDER, items: [...items, ...others] },
  );
  const { id } = data.startIndex.job;
  for (let state = ''; state !== 'DONE'; ) {
    const { data } = await api.query('query ($id: ID!) { job(id: $id) { state failed } }', { id });
    state = data.job.state;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

afterAll(() => api.close());

const evaluate = async (input: string, fields: string) => {
  const { data, errors } = await api.query(
    `{ evaluate(input: { collection: "photos", ${input} }) { ${fields} } }`,
  );
  return { found: data?.evaluate, errors };
};

const ESTIMATE = '{ value low high }';

test('a collection is measured by a field of its metadata, from the vectors that it has', async () => {
  const passes = () => metricOf(api, 'clipql_batch_size_count{tower="image"}');
  const before = await passes();
  expect(before).toBeGreaterThan(0);
  const { found, errors } = await evaluate(
    'column: "what", by: ["century"], compareTemplates: true, shots: [1, 16]',
    `model images unlabelled templates warnings
     zeroShot { accuracy ${ESTIMATE} balancedAccuracy ${ESTIMATE}
       classes { value images predicted recall ${ESTIMATE} precision ${ESTIMATE} }
       confusionMatrix { truth counts } confusions { truth predicted count share }
       calibration { temperature before { expectedError negativeLogLikelihood bins { count } } after { expectedError } }
       coverage { rejectBelow coverage accuracy { value } }
       mistakes { item { key metadata } truth predicted probability truthProbability } }
     fewShot { folds levels { shots accuracy ${ESTIMATE} } assessment { accuracy ${ESTIMATE} } }
     templateComparison { images own { value } candidates { template gained lost } ensemble { template } chosenByFolds { value } }
     breakdowns { column groups { value images zeroShot { accuracy { value } } fewShot { accuracy { value } } } }
     repeated { key of } contradictory { keys classes }`,
  );
  expect(errors).toEqual([]);
  expect(await passes()).toBe(before);
  expect(found).toMatchObject({ model: 'nano', images: 6, unlabelled: 1 });
  const { zeroShot } = found;
  expect(zeroShot.classes.map(({ value }: { value: string }) => value)).toEqual([
    ...['boat', 'flower', 'house', 'sheep', 'snowy_mountain'],
  ]);
  const total = zeroShot.confusionMatrix.flatMap(({ counts }: { counts: number[] }) => counts);
  expect(total.reduce((a: number, b: number) => a + b, 0)).toBe(6);
  for (const { item, truth } of zeroShot.mistakes) expect(item.metadata.what).toBe(truth);
  expect(zeroShot.accuracy.value).toBeCloseTo(1 - zeroShot.mistakes.length / 6, 12);
  expect(found.fewShot).toMatchObject({ folds: 6, levels: [{ shots: 1 }] });
  expect(found.templateComparison.candidates).toHaveLength(15);
  expect(found.breakdowns).toMatchObject([
    {
      column: 'century',
      groups: [
        { value: '19', images: 2 },
        { value: '20', images: 2 },
        { value: null, images: 2 },
      ],
    },
  ]);
  const { repeated, contradictory } = found;
  expect(repeated).toEqual([{ key: 'black-canyon.jpg', of: 'again' }]);
  expect(contradictory).toEqual([{ keys: ['one', 'two'], classes: ['sheep', 'house'] }]);
});

test('answers are those of classify with the same texts', async () => {
  const { found } = await evaluate(
    'column: "what", shots: [], classes: [{ value: "boat", texts: ["boat"] }, { value: "snowy_mountain" }, { value: "sheep" }, { value: "house" }, { value: "train" }]',
    'images unlabelled zeroShot { mistakes { item { key } truth predicted probability } } fewShot { folds } templateComparison { images }',
  );
  expect(found).toMatchObject({
    images: 5,
    unlabelled: 2,
    fewShot: null,
    templateComparison: null,
  });
  const mistakes = new Map<string, { predicted: string; probability: number }>(
    found.zeroShot.mistakes.map((one: { item: { key: string } }) => [one.item.key, one]),
  );
  for (const [file, what] of Object.entries(SHOWS)) {
    if (what === 'flower') continue;
    const { data } = await api.query(
      `{ classify(imageUrl: "/examples/${file}", labels: ["boat", "snowy mountain", "sheep", "house", "train"]) { label scores { probability } } }`,
    );
    const mistake = mistakes.get(file === 'black-canyon.jpg' ? 'again' : file);
    expect(data.classify.label.replace(' ', '_')).toBe(mistake?.predicted ?? what);
    // The collection’s vectors are in half precision.
    if (mistake) expect(mistake.probability).toBeCloseTo(data.classify.scores[0].probability, 2);
  }
});

test('what passes where is measured, and what cannot be said is null', async () => {
  const { found } = await evaluate(
    'column: "what", where: { field: "what", in: ["house", "flower"] }, classes: [{ value: "flower" }, { value: "boat" }]',
    `images zeroShot { classes { value recall { value } } calibration { after { expectedError } } } fewShot { folds } warnings`,
  );
  expect(found).toMatchObject({
    images: 1,
    zeroShot: {
      classes: [{ value: 'flower' }, { value: 'boat', recall: null }],
      calibration: { after: null },
    },
    fewShot: null,
  });
  expect(found.warnings.join()).toContain('no recall is known of 1 class without pictures: "boat"');
});

test.each([
  ['a field that there is not', 'column: "nothing"', 'BAD_INPUT'],
  ['a field of lists', 'column: "tags"', 'BAD_INPUT'],
  ['one class', 'column: "what", where: { field: "what", eq: "boat" }', 'BAD_INPUT'],
  ['a class twice', 'column: "what", classes: [{ value: "a" }, { value: "a" }]', 'BAD_INPUT'],
  ['no pictures', 'column: "what", classes: [{ value: "a" }, { value: "b" }]', 'BAD_INPUT'],
  ['one fold', 'column: "what", folds: 1', 'BAD_INPUT'],
  ['1,000 shots', 'column: "what", shots: [1000]', 'BAD_INPUT'],
  ['five columns', 'column: "what", by: ["what", "what", "what", "what", "what"]', 'BAD_INPUT'],
  ['a template without a place', 'column: "what", templates: ["x"]', 'BAD_INPUT'],
])('refuses %s', async (_, input, code) => {
  const { found, errors } = await evaluate(input, 'images');
  expect(found).toBeNull();
  expect(errors.map((error) => error.extensions.code)).toEqual([code]);
});

test('prompts and scans are priced before anything runs', async () => {
  const texts = JSON.stringify(Array.from({ length: 15 }, (_, i) => `text ${i}`));
  const many = `column: "what", compareTemplates: true, classes: [{ value: "a", texts: ${texts} }, { value: "b" }]`;
  const { errors } = await evaluate(many, 'images');
  expect(errors.map((error) => error.extensions.code)).toEqual(['TOO_MANY_PROMPTS']);
  const one = (name: string) =>
    `${name}: evaluate(input: { collection: "photos", column: "what", classes: [{ value: "a" }, { value: "b" }] }) { images }`;
  const five = await api.query(`{ ${['a', 'b', 'c', 'd', 'e'].map(one).join(' ')} }`);
  expect(five.errors.map((error) => error.extensions.code)).toEqual(['TOO_MANY_SCANS']);
});

test('collections are the caller’s own', async () => {
  const hashed = (key: string) => `${key}:${hash('sha256', key)}`;
  const keys = ['key-a', 'key-b'].map(hashed);
  const guarded = await startApi({ settings: { apiKeys: keys } });
  onTestFinished(() => guarded.close());
  const ask = async (key: string, query: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const body = JSON.stringify({ query });
    const response = await guarded.fetch('/graphql', { method: 'POST', headers, body });
    return (await response.json()) as { errors?: { extensions: { code: string } }[] };
  };
  await ask(
    'key-a',
    'mutation { createCollection(input: { name: "photos" }) { errors { code } } }',
  );
  const query = '{ evaluate(input: { collection: "photos", column: "what" }) { images } }';
  const codes = async (key: string) =>
    (await ask(key, query)).errors?.map(({ extensions }) => extensions.code);
  // Of one’s own, what is missing is a field.
  expect(await codes('key-a')).toEqual(['BAD_INPUT']);
  expect(await codes('key-b')).toEqual(['UNKNOWN_COLLECTION']);
});

test('limits below those of an evaluation hold for the classes that there are', async () => {
  const { found } = await evaluate('column: "what", compareTemplates: false', 'images');
  expect(found.images).toBeGreaterThan(0);
  const classes = Array.from({ length: 21 }, (_, i) => `{ value: "class ${i}" }`).join();
  const { errors } = await evaluate(`column: "what", classes: [${classes}]`, 'images');
  expect(errors?.[0]?.extensions.code).toBe('TOO_MANY_LABELS');
});
