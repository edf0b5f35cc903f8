import type { Line } from './fair-queue.ts';

/** What an operation holds; a second release does nothing. */
export interface Place {
  release(): void;
}

/** What callers with less than their share may fill the room to, in its capacity. */
const MOST_SHARED = 2;

/**
 * Work that waits or runs, by the callers and operations it is for. An operation that is alone finds room
 * whatever its work costs: its own limits bound it. A caller or an operation with less than an equal share
 * finds room where others have filled it.
 */
export class Room {
  readonly #capacity: () => number;
  readonly #onChange: (taken: number) => void;
  #taken = 0;
  readonly #parties = new Map<string, number>();
  readonly #operations = new Map<Line, number>();

  /** @param capacity in the unit of all costs. */
  constructor(capacity: () => number, onChange: (taken: number) => void = () => {}) {
    this.#capacity = capacity;
    this.#onChange = onChange;
  }

  get taken(): number {
    return this.#taken;
  }

  has(line: Line, cost: number): boolean {
    const isAlone = this.#taken === this.#held(line);
    return isAlone || this.#taken + cost <= this.#capacity() || this.isShare(line, cost);
  }

  /**
   * Whether the caller, or the operation, has no more with this than an equal share: a few that are large
   * cannot keep the others out. All shares together are bounded too.
   */
  isShare(line: Line, cost: number): boolean {
    const capacity = this.#capacity();
    const held = this.#held(line);
    const ofParty = this.#parties.get(line.party) ?? 0;
    const parties = this.#parties.size + (ofParty === 0 ? 1 : 0);
    const operations = this.#operations.size + (held === 0 ? 1 : 0);
    const isEqual =
      (parties > 1 && ofParty + cost <= capacity / parties) ||
      (operations > 1 && held + cost <= capacity / operations);
    return isEqual && this.#shared(capacity) + cost <= MOST_SHARED * capacity;
  }

  /** Takes room, whether there is any or not. */
  hold(line: Line, cost: number): Place {
    this.#count(line, cost);
    return once(() => this.#count(line, -cost));
  }

  #held(line: Line): number {
    return this.#operations.get(line) ?? 0;
  }

  /** What is taken, but for what an operation that was alone took beyond the capacity. */
  #shared(capacity: number): number {
    let sum = 0;
    for (const held of this.#operations.values()) sum += Math.min(held, capacity);
    return sum;
  }

  #count(line: Line, cost: number): void {
    this.#taken += cost;
    add(this.#parties, line.party, cost);
    add(this.#operations, line, cost);
    this.#onChange(this.#taken);
  }
}

/** Something that is done at most once, however often it is asked for. */
export function once(release: () => void): Place {
  let released = false;
  return {
    release: () => {
      if (released) return;
      released = true;
      release();
    },
  };
}

function add<Key>(counts: Map<Key, number>, key: Key, cost: number): void {
  const sum = (counts.get(key) ?? 0) + cost;
  if (sum > 0) counts.set(key, sum);
  else counts.delete(key);
}
