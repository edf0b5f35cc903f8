import { expect, test } from 'vitest';
import { pictureOptions } from './picture-flags.ts';

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
  { flags: { seed: 'x' }, message: 'expected a number for --seed, got "x"' },
  { flags: { quality: 'best' }, message: 'expected --quality draft, standard, fine, got "best"' },
])('a bad use is refused: $message', ({ flags, message }) => {
  expect(() => pictureOptions(['a city', 'at night'], flags)).toThrow(message);
});
