import type { Owner } from '../access/owner.ts';

/** What made a collection's vectors. Vectors of different spaces are never compared. */
export interface VectorSpace {
  /** Of the model's files, its preprocessing and its precision (`models/model-hash.ts`): equal ones give equal vectors. */
  readonly hash: string;
  /** The model's name, for messages. */
  readonly model: string;
  /** E: values of a vector. */
  readonly dimensions: number;
}

/** DATE is a string in ISO 8601; TEXTS is a list of strings. */
export type FieldType = 'TEXT' | 'NUMBER' | 'BOOLEAN' | 'DATE' | 'TEXTS';

/** How far a collection is on its way to another model. */
interface Reembedding {
  readonly space: VectorSpace;
  /** Items that have a vector of it. */
  readonly done: number;
}

/** Items under a name, with vectors of one space. */
export interface Collection {
  readonly id: number;
  readonly owner: Owner;
  readonly name: string;
  readonly space: VectorSpace;
  /** How many it has. */
  readonly items: number;
  /** The metadata's fields: an item need not have them, but has no value of another type. */
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly createdAt: Date;
  /** Undefined but while it moves to another model; until it has, `space` answers. */
  readonly reembedding: Reembedding | undefined;
}
