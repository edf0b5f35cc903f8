import { randomUUID } from 'node:crypto';
import { meaningOf } from '../errors/error-codes.ts';
import { type PublicError, publicError } from '../errors/public-error.ts';
import { currentRequest } from './request-scope.ts';

/** Where errors that users do not see are written, for whoever runs the server. */
export type ErrorLog = (requestId: string, error: unknown) => void;

export interface DescribedError extends PublicError {
  /** What the log has it under, where it says more. */
  readonly requestId?: string;
}

/**
 * What a user may see of an error. One that ClipQL did not raise goes to the log, and is
 * hidden; so does what a server's setup fails with.
 */
export function describeFailure(error: unknown, log: ErrorLog): DescribedError {
  const known = publicError(error);
  const instead = known && meaningOf(known).instead;
  if (known !== undefined && instead === undefined) return known;
  const requestId = currentRequest()?.id ?? randomUUID();
  log(requestId, error);
  if (known !== undefined) {
    const message = `${instead}; the log says why under ${requestId}`;
    const { code, retryAfter } = known;
    return { code, message, requestId, ...(retryAfter !== undefined && { retryAfter }) };
  }
  const message = `something went wrong inside ClipQL; its log says what under ${requestId}`;
  return { code: 'INTERNAL', message, requestId };
}
