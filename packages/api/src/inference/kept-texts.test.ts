import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../testing/api.ts';

const MEBIBYTE = 1024 * 1024;

let api: TestApi;
let collectGarbage: () => void;

beforeAll(async () => {
  setFlagsFromString('--expose-gc');
  collectGarbage = runInNewContext('gc');
  api = await startApi();
});

afterAll(() => api.close());

const heap = () => {
  collectGarbage();
  return process.memoryUsage().heapUsed / MEBIBYTE;
};

test.each([
  [
    'a text that is embedded',
    (i: number) => `{ embedText(text: "some text of number ${i}") { tokens } }`,
  ],
  [
    'a label set',
    (i: number) =>
      `mutation { createLabelSet(input: { name: "some-name-of-number-${i}", labels: ["some label of number ${i}"] }) { labelSet { name } } }`,
  ],
])('%s is kept without the query that it stood in', async (_what, queryOf) => {
  const ask = async (i: number, spaces: number) => {
    const { errors } = await api.query(`${queryOf(i)}${' '.repeat(Math.floor(spaces))}`);
    expect(errors).toEqual([]);
  };
  await ask(0, 0);
  const before = heap();
  // Just below what a document may have.
  for (let i = 1; i <= 40; i++) await ask(i, 0.9 * MEBIBYTE);
  expect(heap() - before).toBeLessThan(16);
});
