import { expect, test } from 'vitest';
import { asSentence } from './as-sentence.ts';

test.each([
  ['expected at most 1,000 labels, got 1,103', 'Expected at most 1,000 labels, got 1,103'],
  ['The database cannot be read now.', 'The database cannot be read now.'],
  // Names of other things stay as they are.
  ['`in` is missing', '`in` is missing'],
  ['photo.jpg is not a picture.', 'photo.jpg is not a picture.'],
  ['imageBytes is too large', 'imageBytes is too large'],
])('%j reads %j', (text, sentence) => {
  expect(asSentence(text)).toBe(sentence);
});
