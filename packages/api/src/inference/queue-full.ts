import { counted } from '../errors/counted.ts';

/** Seconds that a refused client is told to stay away, at most. */
const MOST_RETRY_SECONDS = 60;

/** @param seconds until what waits now is done. */
export function queueFull(seconds: number) {
  const retryAfter = Math.min(Math.max(Math.ceil(seconds), 1), MOST_RETRY_SECONDS);
  const message = `the queue is full; try again in ${counted(retryAfter, 'second')}`;
  return { code: 'OVERLOADED', message, retryAfter } as const;
}
