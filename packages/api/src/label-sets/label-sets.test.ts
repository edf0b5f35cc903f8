import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { writeAtomically } from '../files/atomic-write.ts';
import { startApi } from '../testing/api.ts';
import { holdTextTower, WAIT } from '../testing/held-tower.ts';

vi.mock(import('../files/atomic-write.ts'), { spy: true });

const { writeAtomically: really } = await vi.importActual<
  typeof import('../files/atomic-write.ts')
>('../files/atomic-write.ts');

const CREATE = `mutation ($labels: [String!]!) {
  createLabelSet(input: { name: "scenes", labels: $labels, replace: true }) { labelSet { labels } }
}`;
const LIST = '{ labelSets { name labels } }';

/** A data folder with a set whose embeddings were lost. */
async function dataWithoutEmbeddings(): Promise<{ data: string; folder: string }> {
  const data = await mkdtemp(join(tmpdir(), 'clipql-test-'));
  const folder = join(data, 'label-sets');
  const first = await startApi({ settings: { data } });
  await first.query(CREATE, { labels: ['sheep', 'mountain'] });
  await first.close();
  for (const file of await readdir(folder)) {
    if (file.endsWith('.embeddings')) await rm(join(folder, file));
  }
  return { data, folder };
}

test('sets of one name that are written, replaced and deleted at once are on the disk what they are in memory', async () => {
  const data = await mkdtemp(join(tmpdir(), 'clipql-test-'));
  const api = await startApi({ settings: { data } });
  const create = (...labels: readonly string[]) => api.query(CREATE, { labels });
  const gate = Promise.withResolvers<void>();
  let underWay = 0;
  let most = 0;
  vi.mocked(writeAtomically).mockImplementation(async (path, content) => {
    if (!path.endsWith('.json')) return really(path, content);
    most = Math.max(most, ++underWay);
    await gate.promise;
    await really(path, content);
    underWay -= 1;
  });
  const first = create('a', 'b');
  await vi.waitFor(() => expect(underWay).toBe(1), WAIT);
  const others = [create('a'), create('b'), create('b', 'a')];
  const removal = api.query(
    'mutation { deleteLabelSet(input: { name: "scenes" }) { labelSet { id } } }',
  );
  // An answer to a question that came after them: they wait for nothing else by now.
  await api.query('{ embedText(text: "later") { tokens } }');
  gate.resolve();
  const answers = await Promise.all([first, ...others, removal]);
  expect(answers.map(({ errors }) => errors)).toEqual(answers.map(() => []));
  expect(most).toBe(1);

  const { data: listed } = await api.query(LIST);
  await api.close();
  const restarted = await startApi({ settings: { data } });
  expect((await restarted.query(LIST)).data).toEqual(listed);
  await restarted.query(
    'mutation { deleteLabelSet(input: { name: "scenes" }) { labelSet { id } } }',
  );
  expect(await readdir(join(data, 'label-sets'))).toEqual([]);
  await restarted.close();
  await rm(data, { recursive: true });
});

test('embeddings of a set that is deleted while they are computed are not kept', async () => {
  const { data, folder } = await dataWithoutEmbeddings();
  const api = await startApi({ settings: { data } });
  const tower = holdTextTower(api);
  const answer = api.query(
    '{ classify(imageUrl: "/examples/march-pastoral.jpg", labelSet: "scenes") { label } }',
  );
  await tower.begun(1);
  await api.query('mutation { deleteLabelSet(input: { name: "scenes" }) { labelSet { id } } }');
  tower.open();
  expect((await answer).data).toEqual({ classify: { label: 'sheep' } });
  expect(await readdir(folder)).toEqual([]);
  await api.close();
  await rm(data, { recursive: true });
});

test('a set that several ask for at once is encoded once, kept by one after another, and known after a restart', async () => {
  const { data } = await dataWithoutEmbeddings();
  const gate = Promise.withResolvers<void>();
  const [written, underWay] = [{ count: 0, most: 0 }, new Set<object>()];
  vi.mocked(writeAtomically).mockImplementation(async (path, content) => {
    const write = {};
    underWay.add(write);
    written.count += 1;
    written.most = Math.max(written.most, underWay.size);
    await gate.promise;
    await really(path, content);
    underWay.delete(write);
  });
  const ask = (api: Awaited<ReturnType<typeof startApi>>) =>
    api.query(
      '{ classify(imageUrl: "/examples/march-pastoral.jpg", labelSet: "scenes") { label } }',
    );
  const api = await startApi({ settings: { data } });
  const tower = holdTextTower(api);
  const answers = Array.from({ length: 3 }, () => ask(api));
  await tower.begun(1);
  tower.open();
  await vi.waitFor(() => expect(written.count).toBe(1), WAIT);
  // An answer to a question that came after them: they wait for nothing else by now.
  await api.query('{ embedText(text: "later") { tokens } }');
  gate.resolve();
  for (const answer of await Promise.all(answers)) {
    expect(answer.data).toEqual({ classify: { label: 'sheep' } });
  }
  expect(written).toEqual({ count: 3, most: 1 });
  expect(tower.batches.reduce((sum, size) => sum + size)).toBe(3);
  await api.close();

  const restarted = await startApi({ settings: { data } });
  const untouched = holdTextTower(restarted);
  expect((await ask(restarted)).data).toEqual({ classify: { label: 'sheep' } });
  expect(untouched.batches).toEqual([]);
  await restarted.close();
  await rm(data, { recursive: true });
});
