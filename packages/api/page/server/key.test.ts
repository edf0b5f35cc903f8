import { expect, test } from 'vitest';
import { isSendable } from './key.ts';

test.each(['correct-horse', 'two words', '!~', 'eyJhbGciOi.J9_-'])('%j can be sent', (key) => {
  expect(isSendable(key)).toBe(true);
});

test.each(['', 'caf\u00e9', 'a\u2013b', 'a\u200bb', '\u201ckey\u201d', 'a\tb', 'a\nb', 'a\x7fb'])(
  '%j cannot be sent',
  (key) => {
    expect(isSendable(key)).toBe(false);
  },
);
