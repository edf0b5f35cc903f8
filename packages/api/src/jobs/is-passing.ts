import { meaningOf } from '../errors/error-codes.ts';
import type { PublicError } from '../errors/public-error.ts';

/**
 * Whether a job waits for what it failed with to pass. Somebody makes room on a disk before long, as a database comes back;
 * a client who asks for something cannot wait for that.
 */
export const isPassing = (error: PublicError): boolean =>
  meaningOf(error).retryable || error.code === 'STORE_FULL';
