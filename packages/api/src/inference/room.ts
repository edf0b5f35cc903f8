import type { Line } from './fair-queue.ts';

/** What an operation holds; a second release does nothing. */
export interface Place {
  release(): void;
}

/** What callers with less than their share may fill the room to, in its capacity. */
const MOST_SHARED = 2;

/** Operations that may be in a room, however little their work costs: each takes about 70 kB with its connection. */
const MOST_OPERATIONS = 750;

interface Party {
  readonly cost: number;
  readonly operations: number;
}

/**
 * Work that waits or runs, by the callers and operations it is for. An operation that is alone finds room
 * whatever its work costs: its own limits bound it. A caller or an operation with less than an equal share
 * finds room where others have filled it.
 */
export class Room {
  readonly #capacity: () => number;
  readonly #onChange: (taken: number) => void;
  #taken = 0;
  readonly #parties = new Map<string, Party>();
  readonly #operations = new Map<Line, number>();

  /** @param capacity in the unit of all costs. */
  constructor(capacity: () => number, onChange: (taken: number) => void = () => {}) {
    this.#capacity = capacity;
    this.#onChange = onChange;
  }

  get taken(): number {
    return this.#taken;
  }

  /** @param among operations that want to enter together, this one included. */
  has(line: Line, cost: number, among = 1): boolean {
    const isAlone = this.#taken === this.#held(line);
    const fits = this.#taken + cost <= this.#capacity() && this.#isCounted(line, among);
    return isAlone || fits || this.isShare(line, cost, among);
  }

  /**
   * Whether the caller, or the operation, has no more with this than an equal share: a few that are large
   * cannot keep the others out. All shares together are bounded too.
   */
  isShare(line: Line, cost: number, among = 1): boolean {
    const capacity = this.#capacity();
    const held = this.#held(line);
    const party = this.#parties.get(line.party) ?? NOBODY;
    const parties = this.#parties.size + (party === NOBODY ? 1 : 0);
    const operations = this.#operations.size + (held === 0 ? 1 : 0);
    const isEqual =
      (parties > 1 &&
        party.cost + cost <= capacity / parties &&
        party.operations + among <= MOST_OPERATIONS / parties) ||
      (operations > 1 && held + cost <= capacity / operations && this.#isCounted(line, among));
    return isEqual && this.#shared(capacity) + cost <= MOST_SHARED * capacity;
  }

  /** Takes room, whether there is any or not. */
  hold(line: Line, cost: number): Place {
    this.#count(line, cost);
    return once(() => this.#count(line, -cost));
  }

  /** Whether there are not too many operations with these. */
  #isCounted(line: Line, among: number): boolean {
    const others = this.#operations.size - (this.#operations.has(line) ? 1 : 0);
    return others + among <= MOST_OPERATIONS;
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
    const { party: name } = line;
    const party = this.#parties.get(name) ?? NOBODY;
    const before = this.#operations.size;
    const held = this.#held(line) + cost;
    if (held > 0) this.#operations.set(line, held);
    else this.#operations.delete(line);
    const operations = party.operations + this.#operations.size - before;
    if (operations > 0) this.#parties.set(name, { cost: party.cost + cost, operations });
    else this.#parties.delete(name);
    this.#taken += cost;
    this.#onChange(this.#taken);
  }
}

const NOBODY: Party = { cost: 0, operations: 0 };

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
