import { expect, test } from 'vitest';
import type { Line } from './fair-queue.ts';
import { Room } from './room.ts';

/** Operations that find room, of so many that cost 1 each. */
function letIn(room: Room, party: string, count: number): number {
  const lines = Array.from({ length: count }, (): Line => ({ party }));
  const found = lines.filter((line) => {
    const isRoom = room.has(line, 1);
    if (isRoom) room.hold(line, 1);
    return isRoom;
  });
  return found.length;
}

test('750 operations find room, however little they cost, and a second caller’s share of them beside', () => {
  const room = new Room(() => 1e6);
  expect(letIn(room, 'a', 2_000)).toBe(750);
  expect(letIn(room, 'b', 2_000)).toBe(375);
  expect(letIn(room, 'a', 1)).toBe(0);
});

test('an operation that has a place goes on taking room where as many others as may have theirs', () => {
  const room = new Room(() => 1e6);
  const early: Line = { party: 'a' };
  room.hold(early, 1);
  letIn(room, 'a', 2_000);
  expect(room.has(early, 1)).toBe(true);
  expect(room.has({ party: 'a' }, 1)).toBe(false);
});

test('operations that want to enter together are counted together', () => {
  const room = new Room(() => 1e6);
  letIn(room, 'a', 650);
  expect(room.has({ party: 'a' }, 100, 100)).toBe(true);
  expect(room.has({ party: 'a' }, 101, 101)).toBe(false);
});
