import { expect, test } from 'vitest';
import { type Addition, changedAdditions, nextBatch } from './use-additions.ts';

const addition = (id: number, label: string, bytes = 0, error?: string): Addition => ({
  ...{ id, label, error, name: `${id}.jpg` },
  source: bytes === 0 ? `https://example.com/${id}.jpg` : new File([new Uint8Array(bytes)], 'a'),
});
const idsOf = (additions: readonly Addition[]) => additions.map(({ id }) => id);

test('pictures of one class are sent together, in their order, and refused ones are not sent again', () => {
  const additions = [
    addition(1, 'oak', 0, 'expected a picture'),
    addition(2, 'oak'),
    addition(3, 'birch'),
    addition(4, 'oak'),
  ];
  expect(idsOf(nextBatch(additions))).toEqual([2, 4]);
  expect(nextBatch([additions[0]!])).toEqual([]);
});

test('a request has at most 8 pictures and 12 MiB of files, but always one', () => {
  const many = Array.from({ length: 20 }, (_, i) => addition(i, 'oak'));
  expect(nextBatch(many)).toHaveLength(8);
  const large = Array.from({ length: 4 }, (_, i) => addition(i, 'oak', 5 * 2 ** 20));
  expect(nextBatch(large)).toHaveLength(2);
  expect(nextBatch([addition(1, 'oak', 20 * 2 ** 20)])).toHaveLength(1);
});

test('pictures on their way follow their class when it is renamed', () => {
  const additions = changedAdditions([addition(1, 'oak'), addition(2, 'birch')], {
    relabel: 'oak',
    to: 'English oak',
  });
  expect(additions.map(({ label }) => label)).toEqual(['English oak', 'birch']);
});
