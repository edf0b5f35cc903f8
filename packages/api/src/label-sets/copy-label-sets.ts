import { isDeepStrictEqual } from 'node:util';
import type { Owner } from '../access/owner.ts';
import type { LabelSet } from './label-set.ts';
import type { LabelSetStore, LabelSetStores } from './label-set-store.ts';

/** An owner's label sets, at least one, and where they are. */
interface OwnedSets {
  readonly owner: Owner;
  readonly store: LabelSetStore;
  /** By name, in the order of names. */
  readonly sets: ReadonlyMap<string, LabelSet>;
}

interface CopiedLabelSet {
  readonly set: LabelSet;
  /** Whether the set, or embeddings of it, had to be written. */
  readonly isWritten: boolean;
}

/** The label sets of all owners, to be copied. @throws what stores throw. */
export async function findLabelSets(from: LabelSetStores): Promise<readonly OwnedSets[]> {
  const found: OwnedSets[] = [];
  for (const owner of await from.owners()) {
    const store = from.of(owner);
    const sets = await setsOf(store);
    if (sets.size > 0) found.push({ owner, store, sets });
  }
  return found;
}

/** Those that are not the same elsewhere, or lack embeddings there. @throws what stores throw. */
export async function findDifferentLabelSets(
  found: readonly OwnedSets[],
  to: LabelSetStores,
): Promise<readonly LabelSet[]> {
  const different: LabelSet[] = [];
  for (const { owner, store: source, sets } of found) {
    const target = to.of(owner);
    const there = await setsOf(target);
    for (const set of sets.values()) {
      const { isSame, missing } = await compared(set, source, target, there);
      if (!isSame || missing.length > 0) different.push(set);
    }
  }
  return different;
}

/**
 * Copies label sets into other stores, where each keeps its owner and its name, with their embeddings.
 * What is there already is left alone, so that a copy that broke off goes on where it was; another set of the same name
 * gives way.
 *
 * @throws ApiError TOO_MANY_LABEL_SETS; what stores throw.
 */
export async function* copyLabelSets(
  found: readonly OwnedSets[],
  to: LabelSetStores,
): AsyncGenerator<CopiedLabelSet> {
  for (const { owner, store: source, sets } of found) {
    const target = to.of(owner);
    const there = await setsOf(target);
    for (const set of sets.values()) {
      const { isSame, missing } = await compared(set, source, target, there);
      if (!isSame) await target.write(set, true);
      for (const model of missing) {
        const prompts = await source.readPrompts(set.name, model);
        if (prompts.size > 0) await target.writePrompts(set.name, model, [...prompts.values()]);
      }
      yield { set, isWritten: !isSame || missing.length > 0 };
    }
  }
}

/** Whether a set is the same elsewhere, and the models whose embeddings of it are not there. */
async function compared(
  set: LabelSet,
  source: LabelSetStore,
  target: LabelSetStore,
  there: ReadonlyMap<string, LabelSet>,
): Promise<{ readonly isSame: boolean; readonly missing: readonly string[] }> {
  const isSame = isDeepStrictEqual(there.get(set.name), set);
  const known = isSame ? await target.encodedBy(set.name) : [];
  const missing = (await source.encodedBy(set.name)).filter((model) => !known.includes(model));
  return { isSame, missing };
}

/** In the order of their names. */
async function setsOf(store: LabelSetStore): Promise<ReadonlyMap<string, LabelSet>> {
  const sets = ((await store.readChanged()) ?? []).map(({ set }) => set);
  sets.sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(sets.map((set) => [set.name, set]));
}
