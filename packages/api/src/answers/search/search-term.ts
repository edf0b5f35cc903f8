import { createHash } from 'node:crypto';
import { normalized, type QueryTerm } from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { ApiError } from '../../errors/api-error.ts';
import { grouped } from '../../errors/grouped.ts';
import type { GivenImage } from '../../images/given-image.ts';
import { checkTermCount } from '../../limits/search.ts';
import { checkText } from '../../limits/texts.ts';
import type { Loaders } from '../../loaders/loaders.ts';

/** An embedding that was made elsewhere, with the collection's own model. */
interface GivenEmbedding {
  /** [E], of any length but 0. */
  readonly values: ArrayLike<number>;
  /** What was embedded; an image unless given. */
  readonly kind?: 'text' | 'image' | undefined;
}

/** A part of a query; exactly one of `text`, `image`, `item` and `embedding` is set. */
export interface SearchTerm {
  /** Relative to the other terms; 1 unless given, less than 0 for what is not wanted. */
  readonly weight?: number | null | undefined;
  readonly text?: string | null | undefined;
  readonly image?: GivenImage | null | undefined;
  /** The key of an item of the collection. */
  readonly item?: string | null | undefined;
  readonly embedding?: GivenEmbedding | null | undefined;
}

/** A term with its embedding. */
export interface ResolvedTerm extends QueryTerm {
  /** Equal for equal terms, whatever the last bits of their embeddings: what cursors are bound to. */
  readonly identity: string;
  /** Whether it is a text that was longer than the model's context, and was cut. */
  readonly truncated: boolean;
}

/**
 * Embeds the terms of a query.
 *
 * @throws ApiError TOO_MANY_TERMS or BAD_INPUT before any work is done; UNKNOWN_ITEM; and what loaders throw.
 */
export async function resolveTerms(
  { store, loaders }: { readonly store: CollectionStore; readonly loaders: Loaders },
  collection: Collection,
  terms: readonly SearchTerm[],
): Promise<readonly ResolvedTerm[]> {
  checkTermCount(terms.length);
  for (const [i, term] of terms.entries()) checkTerm(i, term, collection, loaders);
  const itemVectors = await vectorsOfItems(
    store,
    collection,
    terms.flatMap(({ item }) => (item == null ? [] : [item])),
  );
  return Promise.all(
    terms.map(async ({ weight, text, image, item, embedding }): Promise<ResolvedTerm> => {
      const common = { weight: weight ?? 1, truncated: false };
      if (text != null) {
        const { direction, truncated } = await loaders.text(text);
        return {
          weight: weight ?? 1,
          truncated,
          kind: 'text',
          embedding: direction,
          identity: text,
        };
      }
      if (image) {
        const source = await loaders.find(image);
        const { direction } = await loaders.image(source);
        const identity = 'url' in source ? source.url : sha256(source.bytes);
        return { ...common, kind: 'image', embedding: direction, identity };
      }
      if (item != null) {
        return { ...common, kind: 'image', embedding: itemVectors.get(item)!, identity: item };
      }
      const { values, kind = 'image' } = embedding!;
      const identity = sha256(new Uint8Array(Float32Array.from(values).buffer));
      return { ...common, kind, embedding: normalized(values), identity };
    }),
  );
}

function checkTerm(
  index: number,
  { weight, text, image, item, embedding }: SearchTerm,
  { space }: Collection,
  { limits }: Loaders,
): void {
  const where = `term ${index + 1}`;
  const given = [text, image, item, embedding].filter((value) => value != null).length;
  if (given !== 1) {
    throw badInput(
      `expected a text, an image, an item or an embedding as ${where}, got ${given} of them`,
    );
  }
  if (weight != null && !Number.isFinite(weight)) {
    throw badInput(`expected a finite weight of ${where}, got ${weight}`);
  }
  if (text != null) {
    if (text.trim() === '') throw badInput(`expected a text as ${where}, got an empty one`);
    checkText(text, limits);
  }
  if (embedding != null) checkEmbedding(where, embedding.values, space.dimensions);
}

function checkEmbedding(where: string, values: ArrayLike<number>, dimensions: number): void {
  if (values.length !== dimensions) {
    throw badInput(
      `expected an embedding of ${grouped(dimensions)} values as ${where}, got ${grouped(values.length)}`,
    );
  }
  // As it is kept: what float32 cannot hold becomes infinite.
  const kept = Float32Array.from(values);
  const bad = kept.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) {
    throw badInput(`expected finite numbers as ${where}, got ${values[bad]} at ${bad}`);
  }
  if (kept.every((value) => value === 0)) {
    throw badInput(`expected an embedding with a direction as ${where}, got zeros`);
  }
}

async function vectorsOfItems(
  store: CollectionStore,
  collection: Collection,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Float32Array>> {
  if (keys.length === 0) return new Map();
  const items = await store.items(collection, keys);
  const rows = items.map((item, i) => item?.row ?? missing(keys[i]!, collection));
  const vectors = await store.vectors(collection, rows);
  return new Map(keys.map((key, i) => [key, normalized(vectors[i] ?? missing(key, collection))]));
}

function missing(key: string, { name }: Collection): never {
  const got = JSON.stringify(key.length > 100 ? `${key.slice(0, 99)}…` : key);
  throw new ApiError('UNKNOWN_ITEM', `expected an item of collection ${name}, got key ${got}`);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const badInput = (message: string) => new ApiError('BAD_INPUT', message);
