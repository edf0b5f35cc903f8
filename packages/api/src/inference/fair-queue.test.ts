import { describe, expect, test } from 'vitest';
import { FairQueue, type Line } from './fair-queue.ts';
import { TurnOrder } from './turn-order.ts';

const operation = (party: string): Line => ({ party });

/** Takes everything, in turn. */
function drain<T>(queue: FairQueue<T>): T[] {
  const taken: T[] = [];
  for (let item = queue.next(); item !== undefined; item = queue.next()) {
    queue.take(item);
    taken.push(item);
  }
  return taken;
}

test('a single item is next, however many another operation of the same caller sent before', () => {
  const queue = new FairQueue<string>();
  const many = operation('a');
  for (let i = 0; i < 64; i++) queue.add(`many ${i}`, many, 1);
  queue.take(queue.next()!);
  queue.add('single', operation('a'), 1);
  expect(drain(queue).slice(0, 2)).toEqual(['single', 'many 1']);
});

test('callers take turns, however many operations each of them sends', () => {
  const queue = new FairQueue<string>();
  for (let i = 0; i < 8; i++) queue.add(`a${i}`, operation('a'), 1);
  for (let i = 0; i < 2; i++) queue.add(`b${i}`, operation('b'), 1);
  expect(drain(queue).slice(0, 5)).toEqual(['a0', 'b0', 'a1', 'b1', 'a2']);
});

test('turns are by cost: one large item is as much as four small ones', () => {
  const queue = new FairQueue<string>();
  const [large, small] = [operation('a'), operation('b')];
  for (let i = 0; i < 2; i++) queue.add(`large ${i}`, large, 4);
  for (let i = 0; i < 8; i++) queue.add(`small ${i}`, small, 1);
  const order = drain(queue)
    .map((name) => name[0])
    .join('');
  expect(order).toBe('lsssslssss');
});

test('a party with a quarter of a share takes every fifth turn, and all of them when it is alone', () => {
  const queue = new FairQueue<string>();
  const background = { party: 'background', share: 1 / 4 };
  for (let i = 0; i < 4; i++) queue.add(`b${i}`, background, 1);
  for (let i = 0; i < 8; i++) queue.add(`a${i}`, operation('a'), 1);
  expect(
    drain(queue)
      .map((name) => name[0])
      .join(''),
  ).toBe('baaaabaaaabb');
});

test('being idle saves up nothing: who comes back joins at the present turn', () => {
  const queue = new FairQueue<string>();
  const [steady, idle] = [operation('steady'), operation('idle')];
  queue.add('early', idle, 1);
  for (let i = 0; i < 20; i++) queue.add(`s${i}`, steady, 1);
  for (let i = 0; i < 11; i++) queue.take(queue.next()!);
  for (let i = 0; i < 3; i++) queue.add(`i${i}`, idle, 1);
  expect(
    drain(queue)
      .slice(0, 6)
      .filter((name) => name.startsWith('i')),
  ).toHaveLength(3);
  expect(queue.size).toBe(0);
});

test('newcomers without end keep no operation, and no caller, from its second turn', () => {
  for (const partyOf of [() => 'same', (i: number) => `other ${i}`]) {
    const queue = new FairQueue<string>();
    const two = operation('same');
    queue.add('first', two, 1);
    queue.add('second', two, 1);
    for (let i = 0; i < 10; i++) queue.add(`newcomer ${i}`, operation(partyOf(i)), 1);
    const taken: string[] = [];
    for (let i = 10; i < 40; i++) {
      const item = queue.next()!;
      queue.take(item);
      taken.push(item);
      queue.add(`newcomer ${i}`, operation(partyOf(i)), 1);
    }
    expect(taken).toContain('second');
    // Newcomers go in the order in which they came.
    const newcomers = taken.filter((item) => item.startsWith('newcomer'));
    expect(newcomers).toEqual(newcomers.map((_, i) => `newcomer ${i}`));
  }
});

describe('what leaves the queue', () => {
  test('operations that are done are forgotten while others wait, however long the queue is busy', () => {
    const order = new TurnOrder<number, { key: number; served: number }>();
    for (let i = 0; i < 1_000; i++) {
      order.join(i, (served) => ({ key: i, served }));
      if (i < 10) continue;
      const [next] = order;
      order.charge(next!, 1);
      order.leave(next!);
    }
    expect([...order]).toHaveLength(10);
    expect(order.size).toBeLessThan(30);
  });

  test('an item that nobody waits for is gone, and the oldest is the next that came', () => {
    const queue = new FairQueue<string>();
    const line = operation('a');
    for (const item of ['x', 'y', 'z']) queue.add(item, line, 1);
    expect(queue.remove('x')).toBe(true);
    expect(queue.remove('x')).toBe(false);
    expect(queue.oldest).toBe('y');
    expect(drain(queue)).toEqual(['y', 'z']);
  });

  test('what cannot be taken now is passed over, and keeps its turn', () => {
    const queue = new FairQueue<string>();
    queue.add('held back', operation('a'), 1);
    queue.add('free', operation('b'), 1);
    expect(queue.next((item) => item !== 'held back')).toBe('free');
    expect(queue.next()).toBe('held back');
  });
});
