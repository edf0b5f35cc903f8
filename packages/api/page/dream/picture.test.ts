import { expect, test } from 'vitest';
import { type Picture, wishOf } from './picture.ts';

const PICTURE: Picture = {
  id: '01J',
  createdAt: '2026-01-31T00:00:00.000Z',
  state: 'DONE',
  prompts: [{ text: 'a boat', weight: 2 }],
  negativePrompts: [{ text: 'fog', weight: 0.5 }],
  quality: 'FINE',
  size: 100,
  seed: 7,
  models: ['b', 'a'],
  steps: 400,
  stepsDone: 400,
  loss: -0.3,
  score: 0.3,
  secondsLeft: null,
  imageUrl: '/pictures/01J.png?step=400',
  error: null,
};

test('a picture’s settings are wished for, without a picture to begin with', () => {
  expect(wishOf(PICTURE, ['a', 'b'])).toEqual({
    prompts: [
      { text: 'a boat', weight: 2 },
      { text: 'fog', weight: -0.5 },
    ],
    quality: 'FINE',
    size: 100,
    seed: 7,
    models: ['b', 'a'],
    from: '',
  });
});

test('a model that is no longer served is not wished for', () => {
  expect(wishOf(PICTURE, ['a', 'c']).models).toEqual([]);
});
