import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';

/** What a caller may follow; a server's settings say how much. */
export interface SubscriptionLimits {
  /** At a time. */
  readonly maxSubscriptions: number;
}

/** Unless settings say otherwise: as many as an owner may have jobs that are not over. */
export const DEFAULT_SUBSCRIPTION_LIMITS: SubscriptionLimits = { maxSubscriptions: 100 };

/** Counts the subscriptions of each caller: each holds a connection, for as long as a job takes. */
export class OpenSubscriptions {
  readonly #most: number;
  readonly #open = new Map<string, number>();

  constructor({ maxSubscriptions }: SubscriptionLimits) {
    this.#most = maxSubscriptions;
  }

  /**
   * @param party whose it is.
   * @returns ends it; to be called once.
   * @throws ApiError TOO_MANY_SUBSCRIPTIONS for one more than a caller may have.
   */
  begin(party: string): () => void {
    const open = this.#open.get(party) ?? 0;
    if (open >= this.#most) {
      const message = `expected at most ${grouped(this.#most)} subscriptions of one caller at a time, got ${grouped(open + 1)}`;
      throw new ApiError('TOO_MANY_SUBSCRIPTIONS', message);
    }
    this.#open.set(party, open + 1);
    return () => {
      const left = this.#open.get(party)! - 1;
      if (left > 0) this.#open.set(party, left);
      else this.#open.delete(party);
    };
  }
}
