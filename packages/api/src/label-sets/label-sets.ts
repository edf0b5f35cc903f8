import { type Owner, ownerOf } from '../access/owner.ts';
import { ApiError } from '../errors/api-error.ts';
import { oneLine, quoted } from '../errors/one-line.ts';
import type { EncodedLabels } from '../loaders/label-loader.ts';
import type { ModelSession } from '../loaders/loaders.ts';
import { modelHash } from '../models/model-hash.ts';
import type { Postgres } from '../postgres/connection.ts';
import { type EncodedLabelSet, encodeLabelSet } from './encode-label-set.ts';
import { checkLabelSet, checkPlace, holdsTheSame, type LabelSet } from './label-set.ts';
import { openLabelSetFolders } from './label-set-folder.ts';
import type { KeptSet, LabelSetStore, LabelSetStores, Warn } from './label-set-store.ts';
import { openPostgresLabelSets } from './postgres/postgres-label-sets.ts';
import { Turns } from './turns.ts';

/** The label sets of one owner. */
export interface LabelSets {
  /**
   * Takes in what other servers have changed: to be called before the others are.
   *
   * @throws what the store throws; those that were known before are known then.
   */
  refresh(): Promise<void>;
  /** By name. */
  list(): readonly LabelSet[];
  find(name: string): LabelSet | undefined;
  /**
   * Whether a model has encoded it, this one if it is named, or whether embeddings of it were kept at
   * the start: until then it costs what its labels cost, each time it is named.
   */
  isEncoded(set: LabelSet, model: string | undefined): boolean;
  /** @throws ApiError UNKNOWN_LABEL_SET. */
  get(name: string): LabelSet;
  /**
   * Keeps labels under a name, with their embeddings by the session's model. A set that holds the
   * same already is given back as it is.
   *
   * @param replace whether another set of this name gives way.
   * @throws ApiError BAD_INPUT and the like for what cannot be a set, LABEL_SET_EXISTS,
   *   TOO_MANY_LABEL_SETS; and what the loaders throw.
   */
  create(set: LabelSet, session: ModelSession, replace: boolean): Promise<LabelSet>;
  /** @throws ApiError UNKNOWN_LABEL_SET. */
  delete(name: string): Promise<LabelSet>;
  /** A set's embeddings by the session's model: computed once for each model, and kept. */
  encode(set: LabelSet, session: ModelSession): Promise<EncodedLabels>;
}

/** The label sets of a server: a caller sees only its own. */
export interface OwnedLabelSets {
  /** @param caller a key's name or a token's subject; undefined for the sets that all share. */
  of(caller: string | undefined): LabelSets;
  /** Lets go of the data folder. */
  close(): Promise<void>;
}

/**
 * @param place a data folder or a database, where they are kept; without one they live as long as the server.
 * @throws ApiError BAD_OPTION for a folder that cannot be made or written, DATA_BUSY where another
 *   server uses it.
 */
export async function openLabelSets(
  place: string | Postgres | undefined,
  warn: Warn,
): Promise<OwnedLabelSets> {
  const stores = place === undefined ? undefined : await storesIn(place, warn);
  const owned = new Map<Owner, LabelSets & { readonly size: number }>();
  const total = () => [...owned.values()].reduce((sum, { size }) => sum + size, 0);
  const ofOwner = (owner: Owner) => {
    const sets = owned.get(owner) ?? createLabelSets(stores?.of(owner), total, warn);
    owned.set(owner, sets);
    return sets;
  };
  if (stores?.isShared === false) {
    for (const owner of await stores.owners()) await ofOwner(owner).refresh();
  }
  return {
    of: (caller) => ofOwner(ownerOf(caller)),
    close: async () => stores?.close(),
  };
}

const storesIn = async (place: string | Postgres, warn: Warn): Promise<LabelSetStores> =>
  typeof place === 'string' ? openLabelSetFolders(place, warn) : openPostgresLabelSets(place, warn);

/** @param total counts the sets of all owners. */
function createLabelSets(
  store: LabelSetStore | undefined,
  total: () => number,
  warn: Warn,
): LabelSets & { readonly size: number } {
  const sets = new Map<string, LabelSet>();
  /** Those whose embeddings are in the store. */
  const keptEncoded = new WeakSet<LabelSet>();
  // What is on the disk and what is in memory end equal, whoever writes at the same time.
  const turns = new Turns();
  const encodings = new WeakMap<LabelSet, Map<string, EncodedLabels>>();
  /** Names of models. */
  const encodedBy = new WeakMap<LabelSet, Set<string>>();

  const get = (name: string): LabelSet => {
    const set = sets.get(name);
    if (set !== undefined) return set;
    const got = quoted(name, 100);
    throw new ApiError('UNKNOWN_LABEL_SET', `expected the name of a label set, got ${got}`);
  };

  const noteEncoded = (set: LabelSet, { model }: ModelSession): void => {
    const models = encodedBy.get(set) ?? new Set<string>();
    encodedBy.set(set, models.add(model.clip.info.name));
  };

  /** Gives what is known already without `prompts` to keep. */
  const compute = async (set: LabelSet, session: ModelSession, hash: string) => {
    const known = encodings.get(set)?.get(hash);
    if (known !== undefined) {
      noteEncoded(set, session);
      return { encoded: known, prompts: [], isNew: false };
    }
    // Not shared while it is under way: who asked first may leave, and equal texts of several are
    // encoded once anyhow.
    const kept = (await store?.readPrompts(set.name, hash)) ?? new Map();
    const result = await encodeLabelSet(set, session, kept);
    const ofSet = encodings.get(set) ?? new Map<string, EncodedLabels>();
    encodings.set(set, ofSet.set(hash, { ...result.encoded, textEncoding: 0 }));
    noteEncoded(set, session);
    return result;
  };

  /** In the set's turn. A folder that fails is a warning. */
  const keepPrompts = async (set: LabelSet, hash: string, { prompts, isNew }: EncodedLabelSet) => {
    // The set may have been deleted or replaced while its embeddings were computed.
    if (!isNew || sets.get(set.name) !== set) return;
    await store?.writePrompts(set.name, hash, prompts).catch((error) => {
      warn(`the embeddings of label set ${set.name} cannot be kept: ${oneLine(String(error))}`);
    });
  };

  const encode = async (set: LabelSet, session: ModelSession): Promise<EncodedLabels> => {
    const hash = await modelHash(session.model);
    const result = await compute(set, session, hash);
    if (result.isNew) await turns.take(set.name, () => keepPrompts(set, hash, result));
    return result.encoded;
  };

  const places = () => ({ names: sets, total: total() });

  /** A set that is as it was stays the same object, by which its embeddings are known. */
  const takeIn = (kept: readonly KeptSet[]): void => {
    const before = new Map(sets);
    sets.clear();
    for (const { set, isEncoded } of kept) {
      const former = before.get(set.name);
      const isSame = former?.createdAt === set.createdAt && holdsTheSame(former, set);
      sets.set(set.name, isSame ? former : set);
      if (isEncoded) keptEncoded.add(sets.get(set.name)!);
    }
  };

  /** Both in memory and on the disk, or in neither. */
  const keep = async (set: LabelSet, replace: boolean): Promise<void> => {
    checkPlace(set.name, places(), replace);
    const former = sets.get(set.name);
    sets.set(set.name, set);
    try {
      await store?.write(set, replace);
    } catch (error) {
      if (former === undefined) sets.delete(set.name);
      else sets.set(set.name, former);
      throw notKept(set, 'kept', error);
    }
  };

  return {
    get size() {
      return sets.size;
    },
    refresh: async () => {
      const kept = await store?.readChanged();
      if (kept !== undefined) takeIn(kept);
    },
    list: () => [...sets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    find: (name) => sets.get(name),
    isEncoded: (set, model) => {
      const models = encodedBy.get(set);
      const isKnown = model === undefined ? models !== undefined : models?.has(model);
      return isKnown || keptEncoded.has(set);
    },
    get,
    encode,
    create: async (given, session, replace) => {
      checkLabelSet(given, session.loaders.limits);
      // A copy: texts cut out of a query would keep all of the query in memory.
      const set = structuredClone(given);
      const former = sets.get(set.name);
      if (former !== undefined && holdsTheSame(former, set)) {
        await encode(former, session);
        return former;
      }
      checkPlace(set.name, places(), replace);
      const hash = await modelHash(session.model);
      const result = await compute(set, session, hash);
      // Others may have come meanwhile.
      return turns.take(set.name, async () => {
        await keep(set, replace);
        await keepPrompts(set, hash, result);
        return set;
      });
    },
    delete: (name) =>
      turns.take(name, async () => {
        const set = get(name);
        await store?.delete(name).catch((error) => {
          throw notKept(set, 'deleted', error);
        });
        sets.delete(name);
        return set;
      }),
  };
}

function notKept({ name }: LabelSet, what: 'kept' | 'deleted', cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  const message = `label set ${name} cannot be ${what}: ${oneLine(String(cause))}`;
  return new ApiError('LABEL_SET_NOT_KEPT', message, { cause });
}
