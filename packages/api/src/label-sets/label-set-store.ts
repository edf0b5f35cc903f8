import type { Owner } from '../access/owner.ts';
import type { LabelSet } from './label-set.ts';
import type { PromptEmbedding } from './prompt-embeddings.ts';

export interface KeptSet {
  readonly set: LabelSet;
  /** Whether there are embeddings of it, by any model. */
  readonly isEncoded: boolean;
}

/** Where an owner's label sets outlive the server; nothing of it is needed for an answer. */
export interface LabelSetStore {
  /** Those that are there and sound; undefined where nobody else has changed one since they were last read. */
  readChanged(): Promise<readonly KeptSet[] | undefined>;
  /**
   * @param replace whether another of this name gives way.
   * @throws ApiError LABEL_SET_EXISTS, TOO_MANY_LABEL_SETS where other servers write too.
   */
  write(set: LabelSet, replace: boolean): Promise<void>;
  /** Also what belongs to it. */
  delete(name: string): Promise<void>;
  /** By `promptKey`; empty where there are none, or damaged ones. */
  readPrompts(name: string, modelHash: string): Promise<ReadonlyMap<string, PromptEmbedding>>;
  writePrompts(name: string, modelHash: string, prompts: readonly PromptEmbedding[]): Promise<void>;
  /** Hashes of the models that there are embeddings by. */
  encodedBy(name: string): Promise<readonly string[]>;
}

/** The stores of all owners. */
export interface LabelSetStores {
  of(owner: Owner): LabelSetStore;
  /** Those who have, or had, a set. */
  owners(): Promise<readonly Owner[]>;
  /** Whether other servers write too: then sets are read when they are asked for, and otherwise at the start. */
  readonly isShared: boolean;
  /** Another server may have them. */
  close(): Promise<void>;
}

/** Tells whoever runs the server of what is wrong, in one line. */
export type Warn = (message: string) => void;
