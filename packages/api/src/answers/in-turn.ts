import { ApiError } from '../errors/api-error.ts';
import { queueFull } from '../inference/queue-full.ts';
import { Slots } from '../jobs/slots.ts';

/** One at a time in a process: each takes a core, and the embeddings of thousands of pictures. */
const slot = new Slots(1);
/** Evaluations that are under way or wait, of all callers. */
const MOST = 8;
/** Of an evaluation, about. */
const SECONDS = 5;
let taken = 0;

/**
 * Does one evaluation after the other, so that the vectors of those that wait are not in memory yet.
 *
 * @throws ApiError OVERLOADED when too many wait; the signal's reason once it is aborted; what the work throws.
 */
export async function inTurn<Result>(
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  if (taken >= MOST) {
    const { code, message, retryAfter } = queueFull(taken * SECONDS);
    throw new ApiError(code, message, { retryAfter });
  }
  taken += 1;
  try {
    const release = await slot.take(signal);
    try {
      return await work();
    } finally {
      release();
    }
  } finally {
    taken -= 1;
  }
}
