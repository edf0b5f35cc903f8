/** How an engine is made. */
export interface EngineSettings {
  readonly rows: number;
  readonly dimensions: number;
  readonly threads: number;
  /** A folder with the engine's package, see ../peers.ts. */
  readonly packages: string;
  /** An empty folder for what the engine keeps on the disk. */
  readonly scratch: string;
  /** `postgres://…`, of the engine that searches there. */
  readonly store?: string;
}

/** Search over embeddings of length 1. */
export interface SearchEngine {
  /** Adds rows from number `first` on, [n·E]. */
  add(vectors: Float32Array, first: number): Promise<void> | void;
  /** Called once, after the last rows. */
  finish?(): Promise<void> | void;
  /** The k nearest rows by dot product or cosine, the nearest first. */
  search(query: Float32Array, k: number): Promise<readonly number[]>;
  /** Bytes that it takes, where that is not what the process grew by; `ofIndex` is part of `all`. */
  bytes?(): Promise<{ readonly all: number; readonly ofIndex: number }>;
  close(): Promise<void> | void;
}
