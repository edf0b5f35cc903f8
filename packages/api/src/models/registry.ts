import { ApiError } from '../errors/api-error.ts';
import { quoted } from '../errors/one-line.ts';
import type { LoadedModel, ModelSource } from './loaded-model.ts';
import { type ModelMemory, Room } from './room.ts';

/** A model that is served, loaded or not. */
export interface ServedModel {
  readonly name: string;
  /** As its source has it. */
  readonly hash: string | undefined;
  /** Undefined while no one has asked for it, and once it is unloaded. */
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
   * A model, loaded now. It may be unloaded once it is idle, or when another needs its memory: who
   * works with it takes a {@link ModelRegistry.lease}.
   *
   * @param name the first model unless given.
   * @throws ApiError UNKNOWN_MODEL for a name that is not served, MODEL_MEMORY_FULL; and what loading
   *   throws.
   */
  get(name?: string): Promise<LoadedModel>;
  /** As {@link ModelRegistry.get}; the model is not unloaded before it is released. */
  lease(name?: string): Promise<ModelLease>;
  /** In the order in which they were given; the first is the default. */
  list(): readonly ServedModel[];
  /** Serves another model from now on, after the others; of one name the first is served. */
  add(source: ModelSource): void;
  /**
   * Takes room in the memory for models, for what works beside them; none is unloaded for it.
   *
   * @param name of the work, one at a time.
   * @param models that it asks for each time it begins: these and the first are there at any time.
   * @returns gives it back.
   * @throws ApiError MODEL_MEMORY_FULL; not retryable where there never is room.
   */
  hold(name: string, bytes: number, models?: readonly string[]): () => void;
  /** Disposes of every model. */
  close(): void;
}

export interface RegistryOptions {
  /** A model other than the first is unloaded after so long without use; 0 for never. */
  readonly idleMs?: number;
  /** Bytes that the models may take together. */
  readonly memoryBytes?: number;
}

interface Entry {
  readonly source: ModelSource;
  loading?: Promise<LoadedModel> | undefined;
  loaded?: LoadedModel | undefined;
  /** What it took when it was last loaded; 0 before. */
  bytes: number;
  leases: number;
  /** The larger, the later it was used. */
  used: number;
  idle?: NodeJS.Timeout | undefined;
}

/** @param sources with different names; the first is the default. */
export function createModelRegistry(
  sources: readonly [ModelSource, ...ModelSource[]],
  options: RegistryOptions = {},
): ModelRegistry {
  return new Registry(sources, options);
}

const entryOf = (source: ModelSource): Entry => ({ source, bytes: 0, leases: 0, used: 0 });

class Registry implements ModelRegistry {
  readonly #entries: Map<string, Entry>;
  readonly #defaultName: string;
  readonly #idleMs: number;
  readonly #room: Room;
  #uses = 0;

  constructor(
    sources: readonly [ModelSource, ...ModelSource[]],
    { idleMs = 0, memoryBytes = Number.POSITIVE_INFINITY }: RegistryOptions,
  ) {
    this.#entries = new Map(sources.map((source) => [source.name, entryOf(source)]));
    this.#defaultName = sources[0].name;
    this.#idleMs = idleMs;
    this.#room = new Room(memoryBytes, () => this.#memories());
  }

  async get(name?: string): Promise<LoadedModel> {
    const { model, release } = await this.lease(name);
    release();
    return model;
  }

  async lease(name: string = this.#defaultName): Promise<ModelLease> {
    const entry = this.#find(name);
    // Counted before it is loaded: what another load makes room by is never this.
    entry.leases += 1;
    clearTimeout(entry.idle);
    let held = true;
    const release = () => {
      if (held) this.#release(entry);
      held = false;
    };
    try {
      entry.loading ??= this.#load(entry);
      return { model: await entry.loading, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  list(): readonly ServedModel[] {
    return [...this.#entries].map(([name, { source, loaded }]) => ({
      name,
      hash: source.hash,
      loaded,
    }));
  }

  readonly add = (source: ModelSource): void => {
    if (!this.#entries.has(source.name)) this.#entries.set(source.name, entryOf(source));
  };

  hold(name: string, bytes: number, models: readonly string[] = []): () => void {
    const beside = [...new Set([this.#defaultName, ...models])].reduce(
      (sum, model) => sum + (this.#entries.get(model)?.bytes ?? 0),
      0,
    );
    return this.#room.hold(name, bytes, beside);
  }

  readonly close = (): void => {
    for (const entry of this.#entries.values()) this.#unload(entry);
  };

  #find(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry;
    const served = [...this.#entries.keys()].join(', ');
    const got = quoted(name, 100);
    throw new ApiError('UNKNOWN_MODEL', `expected a model that is served (${served}), got ${got}`);
  }

  /** A model that failed to load is tried again by the next who asks for it. */
  async #load(entry: Entry): Promise<LoadedModel> {
    const { source } = entry;
    try {
      const model = await this.#room.during(source.name, (reserve) => source.load(reserve));
      entry.loaded = model;
      entry.bytes = model.clip.memoryBytes;
      return model;
    } catch (error) {
      entry.loading = undefined;
      throw error;
    }
  }

  #release(entry: Entry): void {
    entry.leases -= 1;
    entry.used = ++this.#uses;
    if (entry.leases > 0 || this.#idleMs === 0 || entry.source.name === this.#defaultName) return;
    entry.idle = setTimeout(() => this.#unload(entry), this.#idleMs);
    entry.idle.unref();
  }

  #unload(entry: Entry): void {
    clearTimeout(entry.idle);
    entry.loaded?.dispose();
    entry.loaded = undefined;
    entry.loading = undefined;
  }

  #memories(): readonly ModelMemory[] {
    return [...this.#entries.values()]
      .filter(({ loaded }) => loaded !== undefined)
      .sort((a, b) => a.used - b.used)
      .map((entry) => ({
        name: entry.source.name,
        bytes: entry.loaded!.clip.memoryBytes,
        unload: entry.leases === 0 ? () => this.#unload(entry) : undefined,
      }));
  }
}
