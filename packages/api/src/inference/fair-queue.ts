import { TurnOrder } from './turn-order.ts';

/** Whose work something is: an operation, and the caller who sent it. */
export interface Line {
  /** A key's name, a token's subject, or an address: what takes turns with others. */
  readonly party: string;
  /** Of the turns of another party of share 1; 1 unless given. */
  readonly share?: number;
}

interface OperationTurns<T> {
  readonly key: Line;
  served: number;
  readonly items: Set<Entry<T>>;
}

interface PartyTurns<T> {
  readonly key: string;
  served: number;
  readonly operations: TurnOrder<Line, OperationTurns<T>>;
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
 */
export class FairQueue<T> {
  readonly #parties = new TurnOrder<string, PartyTurns<T>>();
  /** In the order of arrival. */
  readonly #entries = new Map<T, Entry<T>>();

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
    const { operations } = this.#parties.join(line.party, (served) => ({
      key: line.party,
      served,
      operations: new TurnOrder<Line, OperationTurns<T>>(),
    }));
    const { items } = operations.join(line, (served) => ({ key: line, served, items: new Set() }));
    const entry = { item, line, cost };
    items.add(entry);
    this.#entries.set(item, entry);
  }

  /** What is next, without taking it; `accepts` passes over what cannot be taken now. */
  next(accepts: (item: T) => boolean = () => true): T | undefined {
    for (const { operations } of this.#parties) {
      for (const { items } of operations) {
        for (const { item } of items) if (accepts(item)) return item;
      }
    }
    return undefined;
  }

  /** Takes an item out, as its line's turn. @returns whether it was there. */
  take(item: T): boolean {
    const entry = this.#entries.get(item);
    if (entry === undefined) return false;
    const [party, operation] = this.#turnsOf(entry);
    const cost = entry.cost / (entry.line.share ?? 1);
    this.#parties.charge(party, cost);
    party.operations.charge(operation, cost);
    return this.remove(item);
  }

  /** Takes out an item that nobody waits for any more. @returns whether it was there. */
  remove(item: T): boolean {
    const entry = this.#entries.get(item);
    if (entry === undefined) return false;
    this.#entries.delete(item);
    const [party, operation] = this.#turnsOf(entry);
    operation.items.delete(entry);
    if (operation.items.size > 0) return true;
    party.operations.leave(operation);
    if (party.operations.size === 0) this.#parties.leave(party);
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

  /** Of what waits. */
  #turnsOf({ line }: Entry<T>): [PartyTurns<T>, OperationTurns<T>] {
    const party = this.#parties.get(line.party)!;
    return [party, party.operations.get(line)!];
  }
}
