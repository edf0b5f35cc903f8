import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseSettings } from '../../../../settings/settings.ts';
import { startApi, type TestApi } from '../../../../testing/api.ts';
import { NANO } from '../../../../testing/models.ts';
import { APP_KEY, bearer, hashed, JOB_KEY } from '../../../requests/testing/ask.ts';

const apiKeys = `${hashed('app', APP_KEY)},${hashed('job', JOB_KEY)}`;

async function start(options: Parameters<typeof startApi>[0]): Promise<TestApi> {
  const api = await startApi(options);
  onTestFinished(() => api.close());
  return api;
}

const CREATE =
  'mutation { createClassifier(input: { name: "mine", classes: [{ label: "sheep" }, { label: "car" }] }) { classifier { id model } errors { code } } }';
const LIST = '{ classifiers { name } }';

test('callers see only the classifiers of their own key, whatever they ask, unless all share them', async () => {
  for (const sharedClassifiers of ['off', 'on']) {
    const api = await start({ settings: parseSettings({ apiKeys, sharedClassifiers }, {}) });
    const as = (key: string) => async (query: string) => {
      const headers = { 'content-type': 'application/json', ...bearer(key) };
      const body = JSON.stringify({ query });
      return (await api.fetch('/graphql', { method: 'POST', headers, body })).json();
    };
    const [app, job] = [as(APP_KEY), as(JOB_KEY)];
    const { id } = (await app(CREATE)).data.createClassifier.classifier;
    const mine = sharedClassifiers === 'on' ? [{ name: 'mine' }] : [];
    expect(await job(LIST)).toEqual({ data: { classifiers: mine } });
    const [one = null] = mine.map(() => ({ id }));
    expect(await job(`{ node(id: "${id}") { id } }`)).toEqual({ data: { node: one } });
    const asked = await job(
      '{ classify(imageUrl: "/examples/march-pastoral.jpg", classifier: "mine") { label } }',
    );
    expect(asked.errors?.[0].extensions.code).toBe(
      sharedClassifiers === 'on' ? undefined : 'UNKNOWN_CLASSIFIER',
    );
    expect(await app(LIST)).toEqual({ data: { classifiers: [{ name: 'mine' }] } });
  }
});

test('a classifier is asked of the model that taught it, and of no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clipql-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const other = join(folder, 'other');
  await cp(NANO, other, { recursive: true });
  await writeFile(join(other, 'note.txt'), 'of another hash');
  const api = await start({ served: [other, NANO] });
  const name = basename(NANO);
  const created = await api.query(CREATE.replace('name: "mine"', `name: "mine", model: "${name}"`));
  expect(created.data.createClassifier).toMatchObject({ classifier: { model: name }, errors: [] });
  const classify = (args: string) =>
    api.query(
      `{ classify(imageUrl: "/examples/march-pastoral.jpg", classifier: "mine"${args}) { model { name } } }`,
    );
  // The default model is the other one.
  expect((await classify('')).data.classify).toEqual({ model: { name } });
  expect((await classify(`, model: "${name}"`)).data.classify).toEqual({ model: { name } });
  const { errors } = await classify(', model: "other"');
  expect(errors).toMatchObject([{ extensions: { code: 'CLASSIFIER_MODEL_MISMATCH' } }]);
  expect(errors[0]!.message).toMatch(
    /^expected nano \([0-9a-f]{12}\), with which mine was taught, got other \([0-9a-f]{12}\)$/,
  );
});
