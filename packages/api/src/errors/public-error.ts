import { ClipError } from '@clipql/core';
import { ApiError } from './api-error.ts';
import type { ErrorCode } from './error-codes.ts';
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

/** An error's code and line; INTERNAL for one that ClipQL did not raise. For the command line. */
export function describeError(error: unknown): PublicError {
  const message = error instanceof Error ? error.message : String(error);
  return publicError(error) ?? { code: 'INTERNAL', message: oneLine(message) };
}
