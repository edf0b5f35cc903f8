/** Whose work something is: an operation, and the caller who sent it. */
export interface Line {
  /** A key's name, a token's subject, or an address: what takes turns with others. */
  readonly party: string;
  /** Of the turns of another party of share 1; 1 unless given. */
  readonly share?: number;
}

interface Turns {
  /** Cost of what was taken so far, or of others when this joined: the least goes next. */
  served: number;
}

interface OperationTurns<T> extends Turns {
  readonly items: Set<Entry<T>>;
}

interface PartyTurns<T> extends Turns {
  /** Of the operation that was served last: a new one joins here, neither ahead nor behind. */
  now: number;
  readonly operations: Map<Line, OperationTurns<T>>;
}

interface Entry<T> {
  readonly item: T;
  readonly line: Line;
  readonly cost: number;
}

/**
 * A queue in which callers take turns by what their work costs, and so do the operations of each: one
 * image is next after the one that runs, however many another operation has sent before. Within an
 * operation the order is that of arrival.
 *
 * It is start-time fair queueing (Goyal, Vin, Cheng 1996) on two levels: a line that was empty joins at
 * the time of what was served last, so that being idle saves up nothing.
 */
export class FairQueue<T> {
  readonly #parties = new Map<string, PartyTurns<T>>();
  /** In the order of arrival. */
  readonly #entries = new Map<T, Entry<T>>();
  #now = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** What came first of all that waits, whoever's turn it is. */
  get oldest(): T | undefined {
    const [first] = this.#entries.keys();
    return first;
  }

  /** @param cost in any unit, the same for all items of a queue. */
  add(item: T, line: Line, cost: number): void {
    const party = this.#parties.get(line.party) ?? {
      served: this.#now,
      now: 0,
      operations: new Map<Line, OperationTurns<T>>(),
    };
    this.#parties.set(line.party, party);
    const operation = party.operations.get(line) ?? { served: party.now, items: new Set() };
    party.operations.set(line, operation);
    const entry = { item, line, cost };
    operation.items.add(entry);
    this.#entries.set(item, entry);
  }

  /** What is next, without taking it; `accepts` passes over what cannot be taken now. */
  next(accepts: (item: T) => boolean = () => true): T | undefined {
    for (const party of inTurn(this.#parties.values())) {
      for (const { items } of inTurn(party.operations.values())) {
        for (const { item } of items) if (accepts(item)) return item;
      }
    }
    return undefined;
  }

  /** Takes an item out, as its line's turn. @returns whether it was there. */
  take(item: T): boolean {
    const entry = this.#entries.get(item);
    if (entry === undefined) return false;
    const party = this.#parties.get(entry.line.party)!;
    const operation = party.operations.get(entry.line)!;
    this.#now = Math.max(this.#now, party.served);
    party.now = Math.max(party.now, operation.served);
    const cost = entry.cost / (entry.line.share ?? 1);
    party.served += cost;
    operation.served += cost;
    return this.remove(item);
  }

  /** Takes out an item that nobody waits for any more. @returns whether it was there. */
  remove(item: T): boolean {
    const entry = this.#entries.get(item);
    if (entry === undefined) return false;
    this.#entries.delete(item);
    const party = this.#parties.get(entry.line.party)!;
    party.operations.get(entry.line)!.items.delete(entry);
    this.#forget();
    return true;
  }

  /** All that waits, in the order of arrival. */
  items(): readonly T[] {
    return [...this.#entries.keys()];
  }

  clear(): void {
    this.#entries.clear();
    this.#parties.clear();
  }

  /** Lines that are empty and owe nothing to those who wait. */
  #forget(): void {
    for (const [name, party] of this.#parties) {
      for (const [line, { items, served }] of party.operations) {
        if (items.size === 0 && served <= party.now) party.operations.delete(line);
      }
      const isIdle = [...party.operations.values()].every(({ items }) => items.size === 0);
      if (isIdle && (party.served <= this.#now || this.size === 0)) this.#parties.delete(name);
    }
  }
}

/** The least served first; of equals, whoever joined first. */
const inTurn = <Line extends Turns>(lines: Iterable<Line>): readonly Line[] =>
  [...lines].sort((a, b) => a.served - b.served);
