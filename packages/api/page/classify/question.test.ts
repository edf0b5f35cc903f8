import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../address.ts';
import { isAskable, type Question, questionKey, readQuestion, writeQuestion } from './question.ts';

const FIRST = readQuestion(new URLSearchParams());

const QUESTIONS: readonly Partial<Question>[] = [
  {},
  { labels: [] },
  { labels: ['a cat', 'a & b = c?', '#', '<i>', 'עברית', '🐈'] },
  { labels: ['x'.repeat(8_000)] },
  { labelSet: 'pets' },
  { classifier: 'parts', rejectBelow: 0.35 },
  { ensemble: true, model: 'other' },
  { templates: ['a drawing of a {}.', '{}'] },
];

test.each(QUESTIONS)('the address keeps a question: %j', (change) => {
  const question = { ...FIRST, ...change };
  const images = ['/examples/march-pastoral.jpg', 'https://example.com/a.jpg?b=c&d=e#f'];
  const parameters = writeQuestion(question, images);
  const read = parseAddress(formatAddress({ view: 'classify', parameters }));
  expect(read.view).toBe('classify');
  expect(readQuestion(read.parameters)).toEqual(question);
  expect(read.parameters.getAll('image')).toEqual(images);
});

test('the question to begin with leaves the address empty', () => {
  expect(formatAddress({ view: 'classify', parameters: writeQuestion(FIRST, []) })).toBe(
    '#/classify',
  );
});

test.each(['#/classify?reject=NaN', '#/classify?reject=7', '#/classify?reject=-1', '#?', '', '#/'])(
  'an address of %j gives the question to begin with',
  (hash) => {
    expect(readQuestion(parseAddress(hash).parameters)).toEqual(FIRST);
  },
);

test('questions have one key if they have the same scores', () => {
  const key = (change: Partial<Question>) => questionKey({ ...FIRST, ...change });
  expect(key({ rejectBelow: 0.5 })).toBe(key({}));
  expect(key({ classifier: 'parts', labels: ['a'] })).toBe(key({ classifier: 'parts' }));
  expect(key({ ensemble: true })).not.toBe(key({}));
  expect(key({ labels: ['sheep', 'mountain'] })).not.toBe(key({ labels: ['mountain', 'sheep'] }));
});

test('without a label there is nothing to ask', () => {
  expect(isAskable({ ...FIRST, labels: [] })).toBe(false);
  expect(isAskable({ ...FIRST, labels: [], labelSet: 'pets' })).toBe(true);
});
