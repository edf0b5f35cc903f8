import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startApi, type TestApi } from '../../../testing/api.ts';

const ALPS = '/examples/french-alpine-landscape.jpg';
const SHEEP = '/examples/march-pastoral.jpg';
const LABELS = ['sheep', 'mountain', 'car'];

let data: string;
const running: TestApi[] = [];

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'clipql-test-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await stop();
  await rm(data, { recursive: true });
});

/** A server on the data folder of the test, unless it says otherwise. */
async function start(settings: { data?: string } = { data }): Promise<TestApi> {
  const api = await startApi({ settings });
  running.push(api);
  return api;
}

async function stop(): Promise<void> {
  for (const api of running.splice(0)) await api.close();
}

const CREATE = `mutation ($input: CreateLabelSetInput!) {
  createLabelSet(input: $input) {
    labelSet { id name labels templates createdAt }
    errors { __typename code message retryable }
  }
}`;

const create = (api: TestApi, more: object = {}) =>
  api.query(CREATE, { input: { name: 'scenes', labels: LABELS, ...more } });

const remove = (api: TestApi) =>
  api.query(`mutation {
    deleteLabelSet(input: { name: "scenes" }) { labelSet { name labels } errors { code } }
  }`);

const classify = (api: TestApi, args = 'labelSet: "scenes"') =>
  api.query(`{
    classify(imageUrl: "${ALPS}", ${args}) { label scores { label probability } timing { textEncoding } warnings }
  }`);

const encodings = (api: TestApi) => vi.spyOn(api.model.clip, 'encodeTexts');

test('a label set answers as its labels do, and its texts are not encoded again', async () => {
  const api = await start({});
  const { data: created, errors } = await create(api, { preset: 'ENSEMBLE' });
  expect(errors).toEqual([]);
  const { labelSet } = created.createLabelSet;
  expect(labelSet).toMatchObject({ name: 'scenes', labels: LABELS });
  expect(labelSet.templates).toHaveLength(7);
  expect(new Date(labelSet.createdAt).toISOString()).toBe(labelSet.createdAt);
  const encodeTexts = encodings(api);
  const { data: bySet } = await classify(api);
  expect(encodeTexts).not.toHaveBeenCalled();
  expect(bySet.classify.timing.textEncoding).toBe(0);
  const labels = JSON.stringify(LABELS);
  const { data: byLabels } = await classify(api, `labels: ${labels}, preset: ENSEMBLE`);
  expect(bySet.classify.label).toBe('mountain');
  bySet.classify.scores.forEach((score: { probability: number }, i: number) => {
    expect(score.probability).toBeCloseTo(byLabels.classify.scores[i].probability, 6);
  });
  const many = await api.query(
    `{ classifyMany(images: [{ url: "${SHEEP}" }], labelSet: "scenes") { ... on Classification { label } } }`,
  );
  expect(many.data.classifyMany).toEqual([{ label: 'sheep' }]);
});

test('after a restart a set is there, and its texts are not encoded again', async () => {
  const first = await start();
  const created = await create(first);
  await create(first, { name: 'animals', labels: ['cat', 'dog'] });
  const { data: before } = await classify(first);
  await stop();
  const second = await start();
  const { data: listed } = await second.query(
    '{ labelSets { id name labels templates createdAt } }',
  );
  expect(listed.labelSets.map(({ name }: { name: string }) => name)).toEqual(['animals', 'scenes']);
  expect(listed.labelSets[1]).toEqual(created.data.createLabelSet.labelSet);
  const encodeTexts = encodings(second);
  const { data: after } = await classify(second);
  expect(encodeTexts).not.toHaveBeenCalled();
  expect(after.classify).toEqual(before.classify);
  expect(second.warnings).toEqual([]);
});

test('a changed set keeps the embeddings that it still needs', async () => {
  const api = await start();
  await create(api);
  const encodeTexts = encodings(api);
  const { data: changed } = await create(api, { labels: [...LABELS, 'violin'], replace: true });
  expect(changed.createLabelSet.labelSet.labels).toContain('violin');
  expect(encodeTexts.mock.calls.map(([texts]) => texts.length)).toEqual([1]);
  expect((await classify(api)).data.classify.scores).toHaveLength(4);
});

test('what a file lost or changed is computed again, with a warning', async () => {
  const first = await start();
  await create(first);
  const expected = await classify(first);
  const folder = join(data, 'label-sets');
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.embeddings'));
  const whole = await readFile(join(folder, file!));
  const flipped = Buffer.from(whole);
  flipped[whole.length - 40]! ^= 1;
  for (const damaged of [Buffer.alloc(0), whole.subarray(0, 500), flipped]) {
    await stop();
    await writeFile(join(folder, file!), damaged);
    const api = await start();
    const { data: answer, errors } = await classify(api);
    expect(errors).toEqual([]);
    expect(answer.classify.scores).toEqual(expected.data.classify.scores);
    expect(api.warnings).toEqual([expect.stringMatching(/embeddings is damaged/)]);
    expect(await readFile(join(folder, file!))).toEqual(whole);
  }
});

test('a damaged label set is a warning, and the others are served', async () => {
  const first = await start();
  await create(first);
  await stop();
  const folder = join(data, 'label-sets');
  await writeFile(join(folder, 'broken.json'), '{"name":"broken"');
  await writeFile(join(folder, 'empty.json'), '{"name":"empty","labels":[],"templates":["{}"]}');
  const api = await start();
  expect(api.warnings).toEqual([
    expect.stringMatching(/broken\.json is no label set/),
    expect.stringMatching(/empty\.json is no label set/),
  ]);
  const { data: listed } = await api.query('{ labelSets { name } }');
  expect(listed.labelSets).toEqual([{ name: 'scenes' }]);
  await create(api, { name: 'broken' });
  expect((await classify(api, 'labelSet: "broken"')).data.classify.label).toBe('mountain');
});

test('a set that is not encoded costs what its labels do, each time it is named', async () => {
  const first = await start();
  await create(first);
  await stop();
  const folder = join(data, 'label-sets');
  for (const file of await readdir(folder)) {
    if (file.endsWith('.embeddings')) await rm(join(folder, file));
  }
  const api = await startApi({ settings: { data, maxPrompts: 5 } });
  running.push(api);
  const twice = () => {
    const field = `classify(imageUrl: "${ALPS}", labelSet: "scenes") { label }`;
    return api.query(`{ a: ${field} b: ${field} }`);
  };
  expect((await twice()).errors).toMatchObject([
    {
      message: 'expected at most 5 prompts, got 6 (one operation)',
      extensions: { code: 'TOO_MANY_PROMPTS' },
    },
  ]);
  expect((await classify(api)).errors).toEqual([]);
  expect((await twice()).errors).toEqual([]);
  // What is kept costs nothing after a restart either.
  await stop();
  const next = await startApi({ settings: { data, maxPrompts: 5 } });
  running.push(next);
  const { errors } = await next.query(
    `{ a: classify(imageUrl: "${ALPS}", labelSet: "scenes") { label } b: classify(imageUrl: "${SHEEP}", labelSet: "scenes") { label } }`,
  );
  expect(errors).toEqual([]);
});

test('a deleted set is gone, with its files', async () => {
  const api = await start();
  await create(api);
  await create(api, { name: 'scenes-2' });
  const { data: deleted } = await remove(api);
  const labelSet = { name: 'scenes', labels: LABELS };
  expect(deleted.deleteLabelSet).toEqual({ labelSet, errors: [] });
  const files = await readdir(join(data, 'label-sets'));
  expect(files.map((file) => file.split('.')[0])).toEqual(['scenes-2', 'scenes-2']);
  const { errors } = await classify(api);
  expect(errors).toMatchObject([{ extensions: { code: 'UNKNOWN_LABEL_SET' } }]);
  const { data: again, errors: none } = await remove(api);
  expect(none).toEqual([]);
  expect(again.deleteLabelSet).toEqual({ labelSet: null, errors: [{ code: 'UNKNOWN_LABEL_SET' }] });
});

test('a set is created again only as it is, unless it replaces', async () => {
  const api = await start();
  const first = await create(api);
  expect((await create(api)).data).toEqual(first.data);
  const other = await create(api, { labels: ['a'] });
  expect(other.errors).toEqual([]);
  expect(other.data.createLabelSet).toMatchObject({
    labelSet: null,
    errors: [{ __typename: 'ChangeError', code: 'LABEL_SET_EXISTS', retryable: false }],
  });
});

test('at most 100 sets are kept', async () => {
  const api = await start({});
  const fields = Array.from(
    { length: 101 },
    (_, i) =>
      `s${i}: createLabelSet(input: { name: "s${i}", labels: ["a"] }) { labelSet { name } errors { code } }`,
  );
  const { data: created, errors } = await api.query(`mutation { ${fields.join('\n')} }`);
  expect(errors).toEqual([]);
  expect(created.s99).toEqual({ labelSet: { name: 's99' }, errors: [] });
  expect(created.s100).toEqual({ labelSet: null, errors: [{ code: 'TOO_MANY_LABEL_SETS' }] });
});

test.each([
  ['an empty name', { name: '' }, 'BAD_INPUT'],
  ['a path as name', { name: '../up' }, 'BAD_INPUT'],
  ['a dot in its name', { name: 'a.b' }, 'BAD_INPUT'],
  ['an umlaut in its name', { name: 'ä' }, 'BAD_INPUT'],
  ['65 characters in its name', { name: 'a'.repeat(65) }, 'BAD_INPUT'],
  ['no labels', { labels: [] }, 'BAD_INPUT'],
  ['an empty label', { labels: [' '] }, 'BAD_INPUT'],
  ['a template without a place', { templates: ['no place'] }, 'BAD_INPUT'],
  ['1,001 labels', { labels: Array.from({ length: 1_001 }, String) }, 'TOO_MANY_LABELS'],
])('%s is refused, and nothing is kept', async (_what, more, code) => {
  const api = await start();
  const { data: created, errors } = await create(api, more);
  // What is refused before it runs has no payload.
  const payload = created?.createLabelSet ?? { errors: errors.map(({ extensions }) => extensions) };
  expect(payload.labelSet ?? null).toBeNull();
  expect(payload.errors).toMatchObject([{ code }]);
  expect(await readdir(join(data, 'label-sets'))).toEqual([]);
});

test.each([
  ['', /one of labels, labelSet and classifier, got none/],
  ['labels: ["a"], labelSet: "scenes"', /one of labels, labelSet and classifier, got 2/],
  ['labelSet: "scenes", preset: SINGLE', /no templates beside labelSet/],
])('classify with %j is BAD_INPUT', async (args, message) => {
  const api = await start({});
  await create(api);
  const { errors } = await classify(api, args);
  expect(errors).toMatchObject([
    { message: expect.stringMatching(message), extensions: { code: 'BAD_INPUT' } },
  ]);
});

test('a data folder that cannot be written is BAD_OPTION at start', async () => {
  const file = join(data, 'file');
  await writeFile(file, '');
  // The last two are ones in which Node would try for ever to make all folders on the way.
  for (const folder of [file, join(data, 'none', 'below'), '/proc/none', '/proc/none/below']) {
    await expect(startApi({ settings: { data: folder } }), folder).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/^expected --data as a folder .*, got .* \(E\w+\)$/),
    });
  }
});

test('what cannot be written or deleted is so for all: clients get a code, the log the reason', async () => {
  const api = await start();
  await create(api);
  await rm(join(data, 'label-sets'), { recursive: true });
  await writeFile(join(data, 'label-sets'), '');
  const refused = [await create(api, { name: 'others' }), await remove(api)];
  for (const { errors } of refused) {
    expect(errors).toMatchObject([{ extensions: { code: 'LABEL_SET_NOT_KEPT' } }]);
    expect(errors[0]?.message).toMatch(/^label sets cannot be written now; the log says why under/);
  }
  expect(api.logged.map(String)).toEqual([
    expect.stringMatching(/label set others cannot be kept: .*ENOTDIR/),
    expect.stringMatching(/label set scenes cannot be deleted: .*ENOTDIR/),
  ]);
  const { data: listed } = await api.query('{ labelSets { name } }');
  expect(listed.labelSets).toEqual([{ name: 'scenes' }]);
});

test('a data folder is made in one that is there', async () => {
  const folder = join(data, 'made');
  const api = await startApi({ settings: { data: folder } });
  expect(await readdir(folder)).toEqual(['label-sets', 'server.lock', 'server.lock.held']);
  await api.close();
  expect(await readdir(folder)).toEqual(['label-sets']);
});

test('a data folder is of one server at a time: a second one is DATA_BUSY at start', async () => {
  await start();
  await expect(start()).rejects.toMatchObject({
    code: 'DATA_BUSY',
    message: expect.stringContaining(
      `got ${data}, which process ${process.pid} of ${hostname()} uses`,
    ),
  });
  await stop();
  await start();
});

test('what a killed server left of no set, or half written, is removed at start, and nothing else', async () => {
  const first = await start();
  await create(first);
  await stop();
  const folder = join(data, 'label-sets');
  const [kept] = (await readdir(folder)).filter((name) => name.endsWith('.embeddings'));
  const hash = 'a'.repeat(64);
  const stays = ['mine.txt', 'mine.embeddings', 'damaged.json', `damaged.${hash}.embeddings`];
  const goes = [`gone.${hash}.embeddings`, `scenes.json.${randomUUID()}.tmp`];
  for (const file of [...stays, ...goes]) await writeFile(join(folder, file), '');
  await start();
  const expected = [...stays, 'scenes.json', kept!].sort();
  expect((await readdir(folder)).sort()).toEqual(expected);
});

test('models and label sets are found again by their ids', async () => {
  const api = await start({});
  await create(api);
  const { data: listed } = await api.query('{ models { id } labelSets { id } }');
  const model = listed.models[0].id;
  const set = listed.labelSets[0].id;
  const gone = Buffer.from('LabelSet:nothing').toString('base64');
  const unknown = Buffer.from('Model:nothing').toString('base64');
  const { data: found, errors } = await api.query(
    `query ($ids: [ID!]!, $set: ID!) {
      nodes(ids: $ids) { __typename id ... on Model { name } ... on LabelSet { labels } }
      node(id: $set) { id }
    }`,
    { ids: [set, gone, model, unknown], set },
  );
  expect(errors).toEqual([]);
  expect(found.nodes).toEqual([
    { __typename: 'LabelSet', id: set, labels: LABELS },
    null,
    { __typename: 'Model', id: model, name: 'nano' },
    null,
  ]);
  expect(found.node).toEqual({ id: set });
});

test.each(['', 'x', 'SW1hZ2VGYWN0czox', '💥'])('%j is no id', async (id) => {
  const api = await start({});
  const { data: found, errors } = await api.query('query ($id: ID!) { node(id: $id) { id } }', {
    id,
  });
  expect(found).toEqual({ node: null });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT' } }]);
  expect(api.logged).toEqual([]);
});
