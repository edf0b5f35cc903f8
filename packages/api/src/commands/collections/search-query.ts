import { resolve } from 'node:path';
import type { RelevanceChoice } from '../../answers/search/search-request.ts';
import type { SearchTerm } from '../../answers/search/search-term.ts';
import type { Collection } from '../../collections/collection.ts';
import { ApiError } from '../../errors/api-error.ts';
import { grouped } from '../../errors/grouped.ts';
import { MAX_HITS } from '../../limits/search.ts';
import { parseCount } from '../../settings/settings.ts';
import type { LocalStore } from './local-store.ts';

/** What is asked for. */
export interface QueryFlags {
  readonly not?: readonly string[];
  readonly image?: readonly string[];
  readonly like?: readonly string[];
  readonly top?: string;
  readonly all?: true;
  readonly atLeast?: string;
  readonly exact?: true;
}

const DEFAULT_TOP = 20;

/** @throws ApiError BAD_OPTION. */
export function topOf({ top }: QueryFlags): number {
  const count = top === undefined ? DEFAULT_TOP : parseCount('--top', top);
  if (count <= MAX_HITS) return count;
  throw new ApiError(
    'BAD_OPTION',
    `expected --top of at most ${grouped(MAX_HITS)}, got ${grouped(count)}`,
  );
}

/** @throws ApiError BAD_OPTION. */
export function relevanceOf({ all, atLeast }: QueryFlags): RelevanceChoice {
  if (atLeast === undefined) return all ? 'ALL' : 'AUTO';
  const value = Number(atLeast);
  if (value > 0 && value < 1) return { atLeast: value };
  throw new ApiError(
    'BAD_OPTION',
    `expected --at-least between 0 and 1, got ${JSON.stringify(atLeast)}`,
  );
}

/** @throws ApiError BAD_OPTION for an image that is not there. */
export function checkQuery(words: readonly string[], { image, like }: QueryFlags): void {
  if (words.length > 0 || image !== undefined || like !== undefined) return;
  throw new ApiError('BAD_OPTION', 'expected words, --image or --like, got none of them');
}

/**
 * The query: first what is wanted, as words, images and items, then what is not.
 *
 * @param like keys of items.
 */
export const termsOf = (
  words: readonly string[],
  { image = [], not = [] }: QueryFlags,
  like: readonly string[],
): readonly SearchTerm[] => [
  ...words.map((text) => ({ text })),
  ...image.map((url) => ({ image: { url } })),
  ...like.map((item) => ({ item })),
  ...not.map((text) => ({ text, weight: -1 })),
];

/** The same in words. */
export function titleOf(
  words: readonly string[],
  { image = [], like = [], not = [] }: QueryFlags,
): string {
  const wanted = [
    ...words.map((text) => `“${text}”`),
    ...[...image, ...like].map((name) => `like ${name}`),
  ];
  return [wanted.join(' and '), ...not.map((text) => `not “${text}”`)].join(', ');
}

/** Keys of items that are named by their keys, or by paths from this folder on. */
export async function keysOf(
  { collections }: Pick<LocalStore, 'collections'>,
  collection: Collection,
  names: readonly string[],
): Promise<readonly string[]> {
  const items = await collections.items(collection, names);
  return names.map((name, i) => (items[i] === undefined ? resolve(name) : name));
}
