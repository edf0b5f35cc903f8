import { randomUUID } from 'node:crypto';
import { type PublicError, publicError } from './errors.ts';
import { currentRequest } from './request-scope.ts';

/** Where unexpected errors are written, for whoever runs the server. */
export type ErrorLog = (requestId: string, error: unknown) => void;

export interface DescribedError extends PublicError {
  /** For an unexpected error: what the log has it under. */
  readonly requestId?: string;
}

/** What a user may see of an error. One that ClipQL did not raise goes to the log, and is hidden. */
export function describeFailure(error: unknown, log: ErrorLog): DescribedError {
  const known = publicError(error);
  if (known !== undefined) return known;
  const requestId = currentRequest()?.id ?? randomUUID();
  log(requestId, error);
  const message = `something went wrong inside ClipQL; its log says what under ${requestId}`;
  return { code: 'INTERNAL', message, requestId };
}
