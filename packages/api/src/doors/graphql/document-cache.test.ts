import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { createDocumentCache } from './document-cache.ts';

const document = parse('{ models { name } }');

test('a document is found again by its text', () => {
  const cache = createDocumentCache();
  cache.set('{ models { name } }', document);
  expect(cache.get('{ models { name } }')).toBe(document);
  expect(cache.get('{ models { id } }')).toBeUndefined();
});

test('a long document is not kept', () => {
  const cache = createDocumentCache();
  const long = `{ models { name } } #${'x'.repeat(4_096)}`;
  cache.set(long, document);
  expect(cache.get(long)).toBeUndefined();
});

test('documents have 65,536 characters in all, and the one unused longest goes first', () => {
  const cache = createDocumentCache();
  const texts = Array.from({ length: 100 }, (_, i) => `${i}`.padStart(1_023, '#'));
  for (const text of texts) {
    cache.set(text, document);
    cache.get(texts[0]!);
  }
  const kept = texts.filter((text) => cache.get(text) !== undefined);
  expect(kept).toEqual([texts[0], ...texts.slice(-63)]);
});
