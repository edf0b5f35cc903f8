import { LRUCache } from 'lru-cache';
import type { Line } from './fair-queue.ts';
import type { InferenceObserver } from './inference-observer.ts';

/** An embedding as the model gives it, and divided by its length: [E] each. */
interface Embedded {
  readonly embedding: Float32Array;
  readonly direction: Float32Array;
}

/** Bytes of an entry beside its key and its embeddings. */
const ENTRY_BYTES = 400;

/**
 * Embeddings by what they are made of, which is all that a caller has to know to get one: the ones
 * unused for longest go first.
 */
export class EmbeddingCache<Value extends Embedded> {
  readonly #name: string;
  readonly #entries: LRUCache<string, Value> | undefined;
  readonly #observer: InferenceObserver;

  /** @param bytes the most that it may hold; with 0 it holds nothing. */
  constructor(name: string, bytes: number, observer: InferenceObserver) {
    this.#name = name;
    this.#observer = observer;
    if (bytes > 0) {
      this.#entries = new LRUCache<string, Value>({ maxSize: bytes, sizeCalculation: bytesOf });
    }
  }

  /**
   * The key under which callers share work that is in flight. Without a cache, callers do not share it, so that
   * nobody can find out what others ask by how long it takes.
   */
  flightKey(key: string, { party }: Line): string {
    return this.#entries === undefined ? `${party} ${key}` : key;
  }

  get(key: string): Value | undefined {
    const value = this.#entries?.get(key);
    this.#observer.lookup(this.#name, value !== undefined);
    return value;
  }

  set(key: string, value: Value): void {
    // A copy: a key cut out of a query would keep all of the query in memory.
    this.#entries?.set(structuredClone(key), value);
  }
}

const bytesOf = ({ embedding, direction }: Embedded, key: string): number =>
  ENTRY_BYTES + 2 * key.length + embedding.byteLength + direction.byteLength;
