import { expect, test } from 'vitest';
import { keepOf, pictureOptions } from './picture-flags.ts';

test('prompts have their weights, and negative ones drive away', () => {
  expect(
    pictureOptions(['a city', 'at night'], {
      weight: ['1', '0.5'],
      negative: ['a car'],
      seed: '7',
      quality: 'fine',
    }),
  ).toEqual({
    prompts: [
      { text: 'a city', weight: 1 },
      { text: 'at night', weight: 0.5 },
      { text: 'a car', weight: -0.5 },
    ],
    seed: 7,
    quality: 'FINE',
  });
});

test.each([
  { flags: { weight: ['1'] }, message: 'expected a --weight for each of 2 prompts, got 1' },
  { flags: { size: '63' }, message: 'expected a size of 64 to 1024 pixels, got 63' },
  { flags: { seed: '-1' }, message: 'expected a seed of 0 to 9007199254740991, got -1' },
  { flags: { negative: [' '] }, message: 'expected a prompt with words' },
  { flags: { weight: ['1', '0'] }, message: 'expected a weight of 0.001 to 1000' },
  { flags: { weight: ['-1', '-1'] }, message: 'expected a prompt with a positive weight' },
  { flags: { seed: 'x' }, message: 'expected a number for --seed, got "x"' },
  { flags: { quality: 'best' }, message: 'expected --quality draft, standard, fine, got "best"' },
])('a bad use is refused: $message', ({ flags, message }) => {
  const refused = expect.objectContaining({
    code: 'BAD_OPTION',
    message: expect.stringContaining(message),
  });
  expect(() => pictureOptions(['a city', 'at night'], flags)).toThrow(refused);
});

test.each(['2', '-0.1', 'x', ''])('%j is nothing to keep', (keep) => {
  const refused = expect.objectContaining({ code: 'BAD_OPTION' });
  expect(() => keepOf({ from: 'photo.jpg', keep })).toThrow(refused);
  expect(() => keepOf({ keep: '0.5' })).toThrow('expected --from');
  expect(keepOf({ from: 'photo.jpg', keep: '1' })).toBe(1);
});
