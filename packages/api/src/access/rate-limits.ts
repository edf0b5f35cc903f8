/** What a caller has left of the requests that it may send. */
export interface Quota {
  /** What it counts by: `address` or `key`. */
  readonly policy: string;
  /** Requests a minute. */
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until all of them are there again, at least 1. */
  readonly reset: number;
  /** Whether this request was one too many. */
  readonly isExceeded: boolean;
}

/** Counts a request of a caller; undefined where there is no limit. */
export type RateLimit = (caller: string) => Promise<Quota | undefined>;

/** The requests of a caller in the minute since its first one. */
interface Counted {
  readonly used: number;
  /** Milliseconds until the minute is over. */
  readonly left: number;
}

/** Counts a request where all servers count. @throws where it cannot be reached. */
export type SharedCounts = (policy: string, caller: string) => Promise<Counted>;

export const MINUTE_MS = 60_000;
/** Milliseconds that requests wait for shared counts, and that these are left alone once they were in vain. */
const PATIENCE = 500;
const AWAY = 2_000;

/**
 * @param perMinute requests of one caller; 0 for as many as it likes.
 * @param shared where several servers count together. While it cannot be reached, this server counts by itself.
 */
export function createRateLimit(
  policy: string,
  perMinute: number,
  shared?: SharedCounts,
): RateLimit {
  if (perMinute === 0) return async () => undefined;
  const countHere = ownCounts();
  let awayUntil = 0;
  const count = async (caller: string): Promise<Counted> => {
    if (shared === undefined || performance.now() < awayUntil) return countHere(caller);
    try {
      return await within(PATIENCE, shared(policy, caller));
    } catch {
      awayUntil = performance.now() + AWAY;
      return countHere(caller);
    }
  };
  return async (caller) => {
    const { used, left } = await count(caller);
    return {
      policy,
      limit: perMinute,
      remaining: Math.max(0, perMinute - used),
      reset: Math.max(1, Math.ceil(left / 1000)),
      isExceeded: used > perMinute,
    };
  };
}

interface Window {
  used: number;
  /** As `performance.now()` has it: a clock that is set back would keep callers out. */
  readonly end: number;
}

function ownCounts(): (caller: string) => Counted {
  // In the order in which they end, for all are of the same length.
  const windows = new Map<string, Window>();
  return (caller) => {
    const now = performance.now();
    for (const [known, { end }] of windows) {
      if (end > now) break;
      windows.delete(known);
    }
    const window = windows.get(caller) ?? { used: 0, end: now + MINUTE_MS };
    windows.set(caller, window);
    window.used += 1;
    // Whole milliseconds: the sum may be a little more than a minute from where it began.
    return { used: window.used, left: Math.round(window.end - now) };
  };
}

/** @throws Error where it takes longer. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took over ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What tells a client of its quota.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10
 */
export function quotaHeaders({ policy, limit, remaining, reset }: Quota): Record<string, string> {
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=${MINUTE_MS / 1000}`,
    ratelimit: `"${policy}";r=${remaining};t=${reset}`,
  };
}
