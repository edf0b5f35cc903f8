import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts a request. @returns seconds to wait, when it is one too many. */
export type RateLimit = (caller: string) => Promise<number | undefined>;

const MINUTE = 60;

/** @param perMinute requests of one caller; 0 for as many as it likes. */
export function createRateLimit(perMinute: number): RateLimit {
  if (perMinute === 0) return async () => undefined;
  const limiter = new RateLimiterMemory({ points: perMinute, duration: MINUTE });
  return async (caller) => {
    try {
      await limiter.consume(caller);
      return undefined;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    }
  };
}
