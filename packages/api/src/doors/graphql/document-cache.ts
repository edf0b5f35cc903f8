import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Parsed documents by their text. */
export interface DocumentCache {
  get(text: string): DocumentNode | undefined;
  set(text: string, document: DocumentNode): void;
}

/** Queries with variables are shorter; those with their labels written in seldom come again. */
const MAX_CHARACTERS = 4_096;
/** A parsed document takes up to 250 bytes a character: at most 16 MB in all. */
const ALL_CHARACTERS = 65_536;

/**
 * Keeps the documents used last, so that a client's next request is neither parsed nor validated
 * again, which takes half a millisecond. Bounded by their length: requests may be of 32 MiB each.
 */
export function createDocumentCache(): DocumentCache {
  return new LRUCache<string, DocumentNode>({
    maxSize: ALL_CHARACTERS,
    maxEntrySize: MAX_CHARACTERS,
    sizeCalculation: (_document, text) => text.length + 1,
  });
}
