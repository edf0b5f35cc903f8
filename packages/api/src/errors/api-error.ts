import type { ApiErrorCode } from './error-codes.ts';

/** The one error class of `@clipql/api`; its message is one line that a user can act on. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  /** Seconds after which to try again; undefined where there is no saying. */
  readonly retryAfter: number | undefined;
  /** Whether the same may succeed later, where the code alone does not tell. */
  readonly retryable: boolean | undefined;

  constructor(
    code: ApiErrorCode,
    message: string,
    options: { cause?: unknown; retryAfter?: number; retryable?: boolean } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryAfter = options.retryAfter;
    this.retryable = options.retryable;
  }
}
