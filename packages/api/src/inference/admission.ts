import { ApiError } from '../errors/api-error.ts';
import type { PublicError } from '../errors/public-error.ts';
import type { Line } from './fair-queue.ts';
import { queueFull } from './queue-full.ts';
import { RefusalRate } from './refusal-rate.ts';
import { once, type Place, Room } from './room.ts';
import type { Speed } from './speed.ts';

/** An operation, with what it holds. */
export interface Account extends Line {
  /** Of image files. */
  bytes: number;
  /** See {@link backgroundAccount}. */
  readonly isBackground?: true;
}

/** Of the turns of a caller that somebody waits for. */
const BACKGROUND_SHARE = 1 / 4;

/**
 * For work that nobody waits for. It is never refused and takes no room from callers: whoever sends it
 * bounds how much is under way. In every queue it has a quarter of a caller's turns, and all of them
 * where there are no callers.
 */
export const backgroundAccount = (party: string): Account => ({
  // No caller has this name, so that the owner's own requests keep their turns.
  party: `background ${party}`,
  share: BACKGROUND_SHARE,
  bytes: 0,
  isBackground: true,
});

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
  /** Seconds of work that may wait or run. */
  readonly seconds: number;
  /** Operations of forward passes that may always wait or run, and before the model's speed is known. */
  readonly capacity: { readonly least: number; readonly atStart: number };
  readonly speed: Speed;
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

/** Refusals in half a second, or requests that wait to be read, from which on others are refused unread. */
const FLOOD = 50;

/**
 * The door to one model: work is priced by the operations of what runs, and what finds no room is
 * refused at once. Fetching holds another, larger room, so that slow origins do not keep the model
 * from work.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #room: Room;
  #fetching = 0;
  #bytes = 0;
  readonly #arrivals = new Set<Arrival>();
  readonly #refusals: RefusalRate;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#room = new Room(
      () => this.#capacity,
      () => this.#changed(),
    );
    this.#refusals = new RefusalRate(options.now);
  }

  /**
   * Takes room for work that can begin.
   *
   * @throws ApiError OVERLOADED when there is not enough.
   */
  take(account: Account, operations: number): Ticket {
    if (account.isBackground) return BACKGROUND_TICKET;
    if (!this.#hasBytes(account) || !this.#isLetIn(account, operations)) throw this.#overloaded();
    return this.#ticket(account, this.#hold(account, operations), async () => {});
  }

  /**
   * Takes room for an image that has to be fetched.
   *
   * @throws ApiError OVERLOADED when there is none, here or in the queue behind.
   */
  takeFetch(account: Account, operations: number): Ticket {
    if (account.isBackground) return BACKGROUND_TICKET;
    const isFull = this.#fetching >= this.#options.fetches || !this.#hasBytes(account);
    if (isFull || !this.#isLetIn(account, operations)) throw this.#overloaded();
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
   * come lately, or wait before it, that telling each by itself would keep the server from its work.
   *
   * @param ahead requests of the same party that have yet to be read, and may ask for as much.
   */
  flood(party: string, operations: number, ahead: number): PublicError | undefined {
    if (Math.max(this.#refusals.recent, ahead) < FLOOD) return undefined;
    const isFetchingAll = this.#fetching >= this.#options.fetches;
    const together = ahead + 1;
    const isLetIn = this.#isLetIn({ party, bytes: 0 }, together * operations, together);
    return isFetchingAll || !isLetIn ? this.#refusal() : undefined;
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

  /** Before it is read; those who were and wait for room go first, whoever holds a share. */
  #isLetIn(account: Account, operations: number, among = 1): boolean {
    const isShare = this.#room.isShare(account, operations, among);
    return isShare || (this.#arrivals.size === 0 && this.#room.has(account, operations, among));
  }

  get #capacity(): number {
    const { seconds, capacity, speed } = this.#options;
    const { perSecond } = speed;
    if (perSecond === undefined) return capacity.atStart;
    return Math.max(capacity.least, seconds * perSecond);
  }

  #hold(account: Account, operations: number): Place {
    const place = this.#room.hold(account, operations);
    return once(() => {
      place.release();
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
    this.#options.onChange(this.#room.taken, this.#fetching);
  }

  #letIn(): void {
    for (const arrival of this.#arrivals) {
      const { account, operations, enter } = arrival;
      if (!this.#room.has(account, operations)) continue;
      this.#arrivals.delete(arrival);
      enter(this.#hold(account, operations));
    }
  }

  #overloaded(): ApiError {
    const { code, message, retryAfter } = this.#refusal();
    return new ApiError(code, message, { retryAfter });
  }

  /** As an object: an error with its stack takes as long as all the rest of refusing a request. */
  #refusal() {
    this.#refusals.count();
    const { perSecond = Number.POSITIVE_INFINITY } = this.#options.speed;
    return queueFull(this.#room.taken / perSecond);
  }
}

const BACKGROUND_TICKET: Ticket = {
  keep: () => {},
  enter: async (signal) => signal.throwIfAborted(),
  release: () => {},
};

function tooManyBytes(most: number): ApiError {
  return new ApiError(
    'TOO_MANY_IMAGE_BYTES',
    `expected images of at most ${Math.floor(most / 1024 / 1024)} MiB under way in one operation, got more; several operations take them`,
  );
}
