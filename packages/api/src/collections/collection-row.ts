import type { Owner } from '../access/owner.ts';
import type { Collection, FieldType, VectorSpace } from './collection.ts';

/** A collection as it was found, which others may have changed since. */
export type CollectionReference = Pick<Collection, 'id' | 'name' | 'space'>;

/** A collection as the tables of all engines have it. */
export interface CollectionRow {
  readonly id: number;
  readonly owner: Owner;
  readonly name: string;
  readonly set_id: number;
  readonly next_set: number | null;
  readonly items: number;
  readonly seq: number;
  readonly created_at: number;
}

/** A set of vectors. */
export interface SetRow extends VectorSpace {
  readonly vectors: number;
}

export interface FieldRow {
  readonly id: number;
  readonly name: string;
  readonly type: FieldType;
}

/** What stands in other tables. */
interface Parts {
  readonly set: SetRow;
  /** That of the space it moves to. */
  readonly next: SetRow | undefined;
  readonly fields: readonly FieldRow[];
}

export function collectionOfRows(row: CollectionRow, { set, next, fields }: Parts): Collection {
  return {
    id: row.id,
    owner: row.owner,
    name: row.name,
    space: spaceIn(set),
    items: row.items,
    fields: new Map(fields.map(({ name, type }) => [name, type])),
    createdAt: new Date(row.created_at),
    reembedding: next && { space: spaceIn(next), done: next.vectors },
  };
}

const spaceIn = ({ vectors: _, ...space }: SetRow): VectorSpace => space;
