import { expect, test, vi } from 'vitest';
import { formatAddress, parseAddress } from '../address.ts';
import { anotherSeed, isDrawable, readWish, type Wish, withPrompt, writeWish } from './wish.ts';

const FIRST = readWish(new URLSearchParams('seed=7'));

test.each([
  {},
  {
    prompts: [
      { text: 'a jellyfish', weight: 1 },
      { text: '-1:<b> & = # עברית', weight: -0.5 },
      { text: 'x'.repeat(8_000), weight: 0.1 },
      { text: 'a boat', weight: 10 },
      { text: 'fog', weight: -1e-7 },
    ],
  },
  { quality: 'FINE', size: 512, seed: 0, keep: 0, from: 'https://example.com/a.jpg?b=c&d=e#f' },
  { models: ['a/b', 'c'], picture: '01J', keep: 1, size: 100 },
] as readonly Partial<Wish>[])('the address keeps a wish: %j', (change) => {
  const wish = { ...FIRST, ...change };
  const address = formatAddress({ view: 'dream', parameters: writeWish(wish) });
  expect(readWish(parseAddress(address).parameters)).toEqual(wish);
});

test('what an address cannot mean is left out', () => {
  const read = (query: string) => readWish(new URLSearchParams(query));
  const { prompts, size, quality, keep } = read(
    'prompt=11:a&prompt=b&prompt=1:%20&size=513&quality=BEST&keep=2&seed=7',
  );
  expect({ prompts, size, quality, keep }).toEqual({
    ...{ prompts: [], size: 256, quality: 'STANDARD', keep: 0.5 },
  });
  for (const seed of ['', '-1', '1.5', '2147483648', 'x']) {
    expect(read(`seed=${seed}`).seed, seed).toBeGreaterThanOrEqual(0);
    expect(read(`seed=${seed}`).seed, seed).toBeLessThan(10_000);
  }
});

test('another seed is short and not the last one', () => {
  const random = vi.spyOn(Math, 'random');
  for (const [value, last, seed] of [
    [0, 0, 1],
    [0, 1, 0],
    [0.5, 4_999, 5_000],
    [0.5, 5_000, 4_999],
    [0.5, 2 ** 31 - 1, 4_999],
    [0.999_99, 9_998, 9_999],
  ] as const) {
    random.mockReturnValueOnce(value);
    expect(anotherSeed(last), `${value} after ${last}`).toBe(seed);
  }
  random.mockRestore();
});

test('a picture that is its own address stays out of the page’s address', () => {
  expect(writeWish({ ...FIRST, from: 'data:image/png;base64,AAAA' }).toString()).toBe('seed=7');
});

test('there is something to draw once a prompt counts for it', () => {
  expect(isDrawable(FIRST)).toBe(false);
  const away = withPrompt([], { text: 'fog', weight: -1 });
  expect(isDrawable({ ...FIRST, prompts: away })).toBe(false);
  expect(isDrawable({ ...FIRST, prompts: withPrompt(away, { text: 'fog', weight: 1 }) })).toBe(
    true,
  );
});
