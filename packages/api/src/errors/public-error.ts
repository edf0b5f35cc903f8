import { ClipError } from '@clipql/core';
import { ApiError } from './api-error.ts';
import { type ErrorCode, meaningOf } from './error-codes.ts';
import { oneLine } from './one-line.ts';

/** An error as a user may see it. */
export interface PublicError {
  readonly code: ErrorCode;
  /** One line. */
  readonly message: string;
  /** Seconds after which to try again. */
  readonly retryAfter?: number;
  /** Whether the same may succeed later; as its code has it unless given. */
  readonly retryable?: boolean;
}

/** The code and the line to show for an error that ClipQL raises; undefined for any other. */
export function publicError(error: unknown): PublicError | undefined {
  if (!(error instanceof ApiError || error instanceof ClipError)) return undefined;
  const { retryAfter, retryable } = error instanceof ApiError ? error : {};
  return {
    code: error.code,
    message: oneLine(error.message),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(retryable !== undefined && { retryable }),
  };
}

/**
 * A failure that was kept whole, as a client may see it: whoever runs the server alone learns what its setup fails
 * with, which may name hosts and folders, and what ClipQL did not raise.
 */
export function shownToClients(kept: PublicError): PublicError {
  if (!isHidden(kept)) return kept;
  const what = meaningOf(kept).instead ?? 'something went wrong inside ClipQL';
  return { ...kept, message: `${what}; the log says why` };
}

/** Whether clients do not see the message of an error. */
export const isHidden = (error: PublicError): boolean =>
  error.code === 'INTERNAL' || meaningOf(error).instead !== undefined;

/** An error's code and line; INTERNAL for one that ClipQL did not raise. For the command line. */
export function describeError(error: unknown): PublicError {
  const message = error instanceof Error ? error.message : String(error);
  return publicError(error) ?? { code: 'INTERNAL', message: oneLine(message) };
}
