/** A caller's part in work that others may wait for as well. */
export interface Ticket<T> {
  readonly result: Promise<T>;
  /** Stops waiting; the work is broken off, for this reason, when nobody waits any more. */
  leave(reason: unknown): void;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Does work of equal keys once for all who ask while it is under way. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /** @param start begins the work, unless it is under way; its signal tells when nobody waits. */
  join(key: string, start: (signal: AbortSignal) => Promise<T>): Ticket<T> {
    const flight = this.#flights.get(key) ?? this.#begin(key, start);
    flight.waiting += 1;
    let left = false;
    return {
      result: flight.result,
      leave: (reason) => {
        if (left) return;
        left = true;
        flight.waiting -= 1;
        if (flight.waiting > 0) return;
        this.#end(key, flight);
        flight.controller.abort(reason);
      },
    };
  }

  #begin(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight = { result: start(controller.signal), controller, waiting: 0 };
    this.#flights.set(key, flight);
    const end = () => this.#end(key, flight);
    flight.result.then(end, end);
    return flight;
  }

  #end(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}

/**
 * The results of shared work, for as long as the caller is there.
 *
 * @throws the signal's reason when the caller has gone.
 */
export function whileThere<T>(tickets: readonly Ticket<T>[], signal: AbortSignal): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      for (const ticket of tickets) ticket.leave(signal.reason);
      reject(signal.reason);
    };
    const results = Promise.all(tickets.map(({ result }) => result));
    results.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
