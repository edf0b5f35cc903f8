import { pino } from 'pino';

/** An error as the log has it. */
export interface LoggedError {
  readonly type?: string;
  readonly message: string;
  /** With those of its causes. */
  readonly stack?: string;
  readonly code?: string;
}

/**
 * What the log has of an error. Nothing else that it carries is logged: drivers attach their connections, which hold
 * passwords and the keys with which queries are cancelled.
 */
export function loggedError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { type, message, stack } = pino.stdSerializers.err(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { type, message, stack, ...(code !== undefined && { code }) };
}
