/** Who waits in a {@link TurnOrder}. */
interface Member<Key> {
  readonly key: Key;
  /** What its turns have cost, counted from the time at which it joined. */
  served: number;
}

/**
 * Whose turn it is: the least served goes next, and of equals whoever has waited longer.
 *
 * Time passes as in fair queueing: by the cost of each turn, shared by all who wait. A newcomer joins at
 * the present, so that being idle saves up nothing; and it joins behind whoever has waited for a whole
 * round, so that newcomers without end keep nobody from a second turn. Who leaves early is remembered
 * until time has caught up with what it was served.
 */
export class TurnOrder<Key, Of extends Member<Key>> implements Iterable<Of> {
  readonly #members = new Map<Key, Of>();
  /** By what they were served. */
  readonly #waiting: Of[] = [];
  /** The same, of those who left with more than their share. */
  readonly #ahead: Of[] = [];
  #now = 0;

  /** Those remembered, waiting or not. */
  get size(): number {
    return this.#members.size;
  }

  /** Those who wait, the next one first. */
  [Symbol.iterator](): Iterator<Of> {
    return this.#waiting[Symbol.iterator]();
  }

  get(key: Key): Of | undefined {
    return this.#members.get(key);
  }

  /** @param create makes a newcomer, given the present. */
  join(key: Key, create: (now: number) => Of): Of {
    const known = this.#members.get(key);
    if (known !== undefined && takeOut(this.#ahead, known) === undefined) return known;
    const member = known ?? create(this.#now);
    this.#members.set(key, member);
    insert(this.#waiting, member);
    return member;
  }

  /** One who waits has had a turn. */
  charge(member: Of, cost: number): void {
    // Half of a turn when nobody else waits: a newcomer is next all the same.
    const passed = cost / (this.#waiting.length + 1);
    this.#now = Math.max(this.#now + passed, member.served);
    takeOut(this.#waiting, member);
    member.served += cost;
    insert(this.#waiting, member);
    while (this.#ahead.length > 0 && this.#ahead[0]!.served <= this.#now) {
      this.#members.delete(this.#ahead.shift()!.key);
    }
  }

  /** One who waits does so no longer. */
  leave(member: Of): void {
    takeOut(this.#waiting, member);
    if (this.#waiting.length === 0) this.clear();
    else if (member.served > this.#now) insert(this.#ahead, member);
    else this.#members.delete(member.key);
  }

  clear(): void {
    this.#members.clear();
    this.#waiting.length = 0;
    this.#ahead.length = 0;
    this.#now = 0;
  }
}

/** Where the first is that was served more than this. */
function firstAbove(sorted: readonly Member<unknown>[], served: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.served > served) high = middle;
    else low = middle + 1;
  }
  return low;
}

function insert<Of extends Member<unknown>>(sorted: Of[], member: Of): void {
  sorted.splice(firstAbove(sorted, member.served), 0, member);
}

/** @returns the member, undefined where it is not among these. */
function takeOut<Of extends Member<unknown>>(sorted: Of[], member: Of): Of | undefined {
  let at = firstAbove(sorted, member.served) - 1;
  while (at >= 0 && sorted[at] !== member && sorted[at]!.served === member.served) at -= 1;
  return sorted[at] === member ? sorted.splice(at, 1)[0] : undefined;
}
