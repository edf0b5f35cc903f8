import { expect, test } from 'vitest';
import { eventReader } from './event-stream.ts';

const STREAM =
  ':\n\nevent: next\ndata: {"data":{"job":{"done":1}}}\n\n:\n\nevent: next\ndata: {"a":\ndata: "ü"}\n\nevent: complete\ndata:\n\n';

test.each([1, 2, 7, STREAM.length])('events are read from pieces of %i characters', (length) => {
  const read = eventReader();
  const pieces = STREAM.match(new RegExp(`.{1,${length}}`, 'gs'))!;
  expect(pieces.flatMap(read)).toEqual([
    { event: 'next', data: '{"data":{"job":{"done":1}}}' },
    { event: 'next', data: '{"a":\n"ü"}' },
    { event: 'complete', data: '' },
  ]);
});
