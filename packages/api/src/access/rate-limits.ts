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
export type RateLimit = (caller: string) => Quota | undefined;

const MINUTE_MS = 60_000;

/** The requests of a caller in the minute since its first one. */
interface Window {
  used: number;
  /** As `performance.now()` has it: a clock that is set back would keep callers out. */
  readonly end: number;
}

/** @param perMinute requests of one caller; 0 for as many as it likes. */
export function createRateLimit(policy: string, perMinute: number): RateLimit {
  if (perMinute === 0) return () => undefined;
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
    return {
      policy,
      limit: perMinute,
      remaining: Math.max(0, perMinute - window.used),
      // Whole milliseconds: the sum may be a little more than a minute from where it began.
      reset: Math.max(1, Math.ceil(Math.round(window.end - now) / 1000)),
      isExceeded: window.used > perMinute,
    };
  };
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
