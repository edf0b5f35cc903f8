import { ApiError } from '../errors/api-error.ts';
import type { PublicError } from '../errors/public-error.ts';
import { RefusalRate } from './refusal-rate.ts';
import { Speed } from './speed.ts';

/** What an operation holds. */
export interface Account {
  /** Of the queue, in operations of forward passes. */
  held: number;
  /** Of image files. */
  bytes: number;
}

/** Room in the queue; a second release does nothing. */
export interface Place {
  release(): void;
}

/** Leave to go to work, or to fetch first. */
export interface Ticket extends Place {
  /**
   * Counts bytes of the image's file, as they arrive, until the ticket is released.
   *
   * @throws ApiError OVERLOADED when they are too many with those of other operations,
   *   TOO_MANY_IMAGE_BYTES when they are with those of this one.
   */
  keep(bytes: number): void;
  /**
   * Goes on into the queue: at once with what was at hand; after a fetch in the order of arrival,
   * when there is room. Releasing the ticket gives that room back too.
   *
   * @throws the signal's reason once it is aborted.
   */
  enter(signal: AbortSignal): Promise<void>;
}

export interface AdmissionOptions {
  /** Operations of forward passes that may wait or run. */
  readonly capacity: number;
  /** Images that may be fetched at a time, or wait behind a full queue when they have been. */
  readonly fetches: number;
  /** Bytes of image files that several operations may hold together; one that is alone, twice as many. */
  readonly heldBytes: number;
  /** Milliseconds on a clock that does not go back. */
  readonly now: () => number;
  /** Told the operations that wait or run, and the images being fetched, whenever they change. */
  readonly onChange: (load: number, fetching: number) => void;
}

interface Arrival {
  readonly account: Account;
  readonly operations: number;
  readonly enter: (place: Place) => void;
}

/** Refusals in half a second from which on requests are refused before they are read. */
const FLOOD = 50;
/** Seconds that a refused client is told to stay away, at most. */
const MOST_RETRY_SECONDS = 60;

/**
 * The door to one model: work is priced by the operations of what runs, and what finds no room is
 * refused at once. Fetching holds another, larger room, so that slow origins do not keep the model
 * from work. An operation that is alone is let in whatever work it costs: its own limits bound it.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  #taken = 0;
  #fetching = 0;
  #bytes = 0;
  readonly #arrivals = new Set<Arrival>();
  readonly #speed: Speed;
  readonly #refusals: RefusalRate;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#speed = new Speed(options.now);
    this.#refusals = new RefusalRate(options.now);
  }

  /**
   * Takes room for work that can begin.
   *
   * @throws ApiError OVERLOADED when there is not enough.
   */
  take(account: Account, operations: number): Ticket {
    const isFull = this.#arrivals.size > 0 || !this.#hasBytes(account);
    if (isFull || !this.#hasRoom(account, operations)) throw this.#overloaded();
    return this.#ticket(account, this.#hold(account, operations), async () => {});
  }

  /**
   * Takes room for an image that has to be fetched.
   *
   * @throws ApiError OVERLOADED when there is none, here or in the queue behind.
   */
  takeFetch(account: Account, operations: number): Ticket {
    const isFull = this.#fetching >= this.#options.fetches || this.#arrivals.size > 0;
    if (isFull || !this.#hasBytes(account) || !this.#hasRoom(account, operations))
      throw this.#overloaded();
    this.#fetching += 1;
    this.#changed();
    const fetch = once(() => {
      this.#fetching -= 1;
      this.#changed();
    });
    let entered: Place | undefined;
    const place = { release: () => (entered ?? fetch).release() };
    return this.#ticket(account, place, async (signal) => {
      entered = await this.#arrive(account, operations, signal);
      fetch.release();
    });
  }

  /**
   * Why to refuse a request unread: work of so many operations would find no room, and so many have
   * come lately that telling each by itself would keep the server from its work.
   */
  flood(operations: number): PublicError | undefined {
    if (this.#refusals.recent < FLOOD) return undefined;
    const isFull = this.#arrivals.size > 0 || this.#fetching >= this.#options.fetches;
    return isFull || !this.#hasRoom({ held: 0, bytes: 0 }, operations)
      ? this.#refusal()
      : undefined;
  }

  #ticket(account: Account, place: Place, enter: Ticket['enter']): Ticket {
    let kept = 0;
    const count = (bytes: number) => {
      kept += bytes;
      account.bytes += bytes;
      this.#bytes += bytes;
    };
    const release = once(() => {
      count(-kept);
      place.release();
    });
    return {
      ...release,
      enter,
      keep: (bytes) => {
        count(bytes);
        const most = 2 * this.#options.heldBytes;
        const isTooMuch = account.bytes > most;
        if (!isTooMuch && this.#hasBytes(account)) return;
        // At once, so that not two give way to each other.
        count(-kept);
        throw isTooMuch ? tooManyBytes(most) : this.#overloaded();
      },
    };
  }

  #hasBytes({ bytes }: Account): boolean {
    const isAlone = this.#bytes === bytes;
    return isAlone || this.#bytes <= this.#options.heldBytes;
  }

  #hasRoom({ held }: Account, operations: number): boolean {
    const isAlone = this.#taken === held;
    return isAlone || this.#taken + operations <= this.#options.capacity;
  }

  #hold(account: Account, operations: number): Place {
    this.#taken += operations;
    account.held += operations;
    this.#changed();
    return once(() => {
      this.#taken -= operations;
      account.held -= operations;
      this.#changed();
      this.#speed.count(operations);
      this.#letIn();
    });
  }

  #arrive(account: Account, operations: number, signal: AbortSignal): Promise<Place> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const arrival = { account, operations, enter: resolve };
      this.#arrivals.add(arrival);
      const leave = () => {
        if (!this.#arrivals.delete(arrival)) return;
        reject(signal.reason);
        this.#letIn();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#letIn();
    });
  }

  #changed(): void {
    this.#options.onChange(this.#taken, this.#fetching);
  }

  #letIn(): void {
    for (const arrival of this.#arrivals) {
      const { account, operations, enter } = arrival;
      if (!this.#hasRoom(account, operations)) return;
      this.#arrivals.delete(arrival);
      enter(this.#hold(account, operations));
    }
  }

  #overloaded(): ApiError {
    const { message, retryAfter } = this.#refusal();
    return new ApiError('OVERLOADED', message, { retryAfter });
  }

  /** As an object: an error with its stack takes as long as all the rest of refusing a request. */
  #refusal() {
    this.#refusals.count();
    const seconds = Math.ceil(this.#taken / this.#speed.operationsASecond);
    const retryAfter = Math.min(Math.max(seconds, 1), MOST_RETRY_SECONDS);
    const message = `the queue is full; try again in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}`;
    return { code: 'OVERLOADED', message, retryAfter } as const;
  }
}

function tooManyBytes(most: number): ApiError {
  return new ApiError(
    'TOO_MANY_IMAGE_BYTES',
    `expected images of at most ${Math.floor(most / 1024 / 1024)} MiB under way in one operation, got more; several operations take them`,
  );
}

/** Something that is done at most once, however often it is asked for. */
function once(release: () => void): Place {
  let released = false;
  return {
    release: () => {
      if (released) return;
      released = true;
      release();
    },
  };
}
