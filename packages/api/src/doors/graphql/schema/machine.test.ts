import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { zoo } from '../../../models/zoo.ts';
import { startApi } from '../../../testing/api.ts';

test('the machine is told with published models that fit into its memory', async () => {
  const api = await startApi();
  const fitting = '{ id precision downloadBytes memoryBytes }';
  const { data, errors } = await api.query(
    `{ machine { processors memoryBytes recommended ${fitting} mostAccurate ${fitting} } }`,
  );
  await api.close();
  expect(errors).toEqual([]);
  const { processors, memoryBytes, recommended, mostAccurate } = data.machine;
  expect(processors).toBe(availableParallelism());
  const ids = zoo().map(({ id }) => id);
  for (const model of [recommended, mostAccurate].filter((one) => one !== null)) {
    expect(ids).toContain(model.id);
    expect(model.memoryBytes).toBeLessThanOrEqual(0.6 * memoryBytes);
    expect(model.downloadBytes).toBeGreaterThan(1e6);
  }
});
