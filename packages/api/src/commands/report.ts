import { oneLine, publicError, shorten } from '../errors.ts';

/** Makes the process end with exit code 1, once it has nothing more to do. */
export function failed(): void {
  process.exitCode = 1;
}

/**
 * Writes an error to standard error as one line, and makes the process fail.
 *
 * @param about what it is about, such as an image's address.
 */
export function reportError(error: unknown, about?: string): void {
  const { code, message } = describeError(error);
  const subject = about === undefined ? '' : `${oneLine(shorten(about, 100))}: `;
  process.stderr.write(`clipql: ${code}: ${subject}${message}\n`);
  failed();
}

/** An error's code and line; INTERNAL for one that ClipQL did not raise. */
export function describeError(error: unknown): { readonly code: string; readonly message: string } {
  const message = error instanceof Error ? error.message : String(error);
  return publicError(error) ?? { code: 'INTERNAL', message: oneLine(message) };
}
