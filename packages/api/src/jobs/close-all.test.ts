import { expect, test } from 'vitest';
import { closeAll } from './close-all.ts';

test('all are closed in their order, and what failed first is told', async () => {
  const closed: string[] = [];
  const one = (name: string, failure?: Error) => async () => {
    closed.push(name);
    if (failure !== undefined) throw failure;
  };
  const [first, second] = [new Error('first'), new Error('second')];
  const closing = closeAll([one('a'), one('b', first), one('c', second), one('d')]);
  await expect(closing).rejects.toBe(first);
  expect(closed).toEqual(['a', 'b', 'c', 'd']);
});
