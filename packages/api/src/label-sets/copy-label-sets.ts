import { isDeepStrictEqual } from 'node:util';
import type { LabelSet } from './label-set.ts';
import type { LabelSetStore, LabelSetStores } from './label-set-store.ts';

interface CopiedLabelSet {
  readonly set: LabelSet;
  /** Whether the set, or embeddings of it, had to be written. */
  readonly isWritten: boolean;
}

/**
 * Copies the label sets of all owners into other stores, where each keeps its owner and its name, with their embeddings.
 * What is there already is left alone, so that a copy that broke off goes on where it was; another set of the same name
 * gives way.
 *
 * @throws ApiError TOO_MANY_LABEL_SETS; what stores throw.
 */
export async function* copyLabelSets(
  from: LabelSetStores,
  to: LabelSetStores,
): AsyncGenerator<CopiedLabelSet> {
  for (const owner of await from.owners()) {
    const [source, target] = [from.of(owner), to.of(owner)];
    const there = await setsOf(target);
    for (const set of (await setsOf(source)).values()) {
      const isSame = isDeepStrictEqual(there.get(set.name), set);
      if (!isSame) await target.write(set, true);
      const known = isSame ? await target.encodedBy(set.name) : [];
      const missing = (await source.encodedBy(set.name)).filter((model) => !known.includes(model));
      for (const model of missing) {
        const prompts = await source.readPrompts(set.name, model);
        if (prompts.size > 0) await target.writePrompts(set.name, model, [...prompts.values()]);
      }
      yield { set, isWritten: !isSame || missing.length > 0 };
    }
  }
}

/** In the order of their names. */
async function setsOf(store: LabelSetStore): Promise<ReadonlyMap<string, LabelSet>> {
  const sets = ((await store.readChanged()) ?? []).map(({ set }) => set);
  sets.sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(sets.map((set) => [set.name, set]));
}
