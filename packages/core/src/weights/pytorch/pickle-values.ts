/** What a pickle can hold here. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleTuple
  | PickleValue[]
  | PickleDict
  | PickleModule
  | PickleGlobal
  | PickleObject;

export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** Keys in their order; only texts and numbers are keys. */
export class PickleDict {
  #entries: Map<string | number, PickleValue> | undefined;

  get entries(): ReadonlyMap<string | number, PickleValue> {
    return this.#entries ?? NO_ENTRIES;
  }

  /** The map comes with its first entry: a pickle can make an empty dict of a single byte. */
  set(key: string | number, value: PickleValue): void {
    this.#entries ??= new Map();
    this.#entries.set(key, value);
  }
}

/** An object of a class that a TorchScript archive has the code of: its fields are kept, the class is not looked at. */
export class PickleModule {
  #fields: PickleDict | undefined;

  get fields(): ReadonlyMap<string | number, PickleValue> {
    return this.#fields?.entries ?? NO_ENTRIES;
  }

  build(fields: PickleDict): void {
    this.#fields = fields;
  }
}

const NO_ENTRIES: ReadonlyMap<string | number, PickleValue> = new Map();

/** A class or a function that is on the caller's list. */
export interface PickleGlobal {
  readonly global: string;
  /** What calling it gives. */
  call(args: readonly PickleValue[]): PickleValue;
  /** Whether it is a class whose objects are {@link PickleModule}s. */
  readonly isModule?: boolean;
}

/** What a call or a persistent id gave; the machine only carries it about. */
export interface PickleObject {
  readonly object: string;
}
