import { ApiError, shorten } from '../errors.ts';
import type { LoadedModel } from './loaded-model.ts';

/** A model that can be asked for. */
export interface ModelSource {
  /** What requests call it. */
  readonly name: string;
  load(): Promise<LoadedModel>;
}

/** A model that is served, loaded or not. */
interface ServedModel {
  readonly name: string;
  /** Undefined until it is first asked for. */
  readonly loaded: LoadedModel | undefined;
}

/** A model that stays loaded until it is released. */
export interface ModelLease {
  readonly model: LoadedModel;
  /** A second call does nothing. */
  release(): void;
}

/** The models of a server, each loaded when it is first asked for. */
export interface ModelRegistry {
  /**
   * @param name the first model unless given.
   * @throws ApiError UNKNOWN_MODEL for a name that is not served; and what loading throws.
   */
  get(name?: string): Promise<LoadedModel>;
  /** As {@link ModelRegistry.get}, and holds the model for as long as work goes on with it. */
  lease(name?: string): Promise<ModelLease>;
  /** In the order in which they were given; the first is the default. */
  list(): readonly ServedModel[];
  /** Disposes of every model. */
  close(): void;
}

interface Entry {
  readonly source: ModelSource;
  loading?: Promise<LoadedModel> | undefined;
  loaded?: LoadedModel | undefined;
}

/** @param sources with different names; the first is the default. */
export function createModelRegistry(
  sources: readonly [ModelSource, ...ModelSource[]],
): ModelRegistry {
  const entries = new Map<string, Entry>(sources.map((source) => [source.name, { source }]));
  const [{ name: defaultName }] = sources;

  const find = (name: string): Entry => {
    const entry = entries.get(name);
    if (entry !== undefined) return entry;
    const served = [...entries.keys()].join(', ');
    const got = JSON.stringify(shorten(name, 100));
    throw new ApiError('UNKNOWN_MODEL', `expected a model that is served (${served}), got ${got}`);
  };

  const get = async (name = defaultName): Promise<LoadedModel> => {
    const entry = find(name);
    entry.loading ??= load(entry);
    return entry.loading;
  };

  return {
    get,
    lease: async (name) => ({ model: await get(name), release: () => {} }),
    list: () => [...entries].map(([name, { loaded }]) => ({ name, loaded })),
    close: () => {
      for (const { loaded } of entries.values()) loaded?.clip.dispose();
    },
  };
}

/** A model that failed to load is tried again by the next who asks for it. */
async function load(entry: Entry): Promise<LoadedModel> {
  try {
    entry.loaded = await entry.source.load();
    return entry.loaded;
  } catch (error) {
    entry.loading = undefined;
    throw error;
  }
}
