import { expect, test } from 'vitest';
import { parseLabels } from './parse-labels.ts';

test.each([
  ['a cat', ['a cat']],
  ['cat, dog,bird', ['cat', 'dog', 'bird']],
  ['cat; dog\tbird', ['cat', 'dog', 'bird']],
  ['a dog, sitting\na dog, lying', ['a dog, sitting', 'a dog, lying']],
  ['\n\ncat\r\n\r\ndog\r\n', ['cat', 'dog']],
  ['cat, dog\n', ['cat', 'dog']],
  [' cat ,, cat,dog ', ['cat', 'dog']],
  [' , \n ', []],
  ['', []],
  ['<b>bold</b>, \u202eRTL', ['<b>bold</b>', '\u202eRTL']],
])('%j is read as labels', (text, labels) => {
  expect(parseLabels(text)).toEqual(labels);
});
