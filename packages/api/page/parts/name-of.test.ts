import { expect, test } from 'vitest';
import { nameOf } from './name-of.ts';

test.each([
  ['My pets', 'my-pets'],
  ['parts_2', 'parts_2'],
  // What cannot be guessed is left for the server to refuse.
  ['Äpfel!', 'äpfel!'],
])('a name is typed as %j and becomes %j', (typed, name) => {
  expect(nameOf(typed)).toBe(name);
});
