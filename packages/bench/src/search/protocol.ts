import type { EngineSettings } from './engines/engine.ts';
import type { PeerName } from './peers.ts';

export type EngineName = 'clipql' | 'postgres' | PeerName;

/** What a process is to measure. */
export interface SearchRequest {
  readonly engine: EngineName;
  readonly settings: EngineSettings;
  readonly queries: readonly Float32Array[];
  readonly k: number;
}

export interface SearchMeasurements {
  /** Milliseconds to add all rows, without making them up, and to finish. */
  readonly buildMs: number;
  /** The part of it in which an index was made after the last row; of engines that do so. */
  readonly indexMs?: number;
  /** Bytes by which the process grew, or those on the disk of what keeps nothing in memory. */
  readonly memory: number;
  /** The part of it that an index takes; of what keeps the rows beside it. */
  readonly indexBytes?: number;
  /** Milliseconds of each search. */
  readonly times: readonly number[];
  /** Rows, for each query. */
  readonly found: readonly (readonly number[])[];
  /** Bytes a second that a probe read between the rounds; of ClipQL alone. */
  readonly bandwidth?: number;
}

export type SearchReply =
  | { readonly measurements: SearchMeasurements }
  | { readonly failure: string };
