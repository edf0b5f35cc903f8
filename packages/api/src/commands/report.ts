import { oneLine, shorten } from '../errors/one-line.ts';
import { describeError, type PublicError } from '../errors/public-error.ts';

/** Exit codes of `clipql`; `clipql --help` and docs/command-line.md list them too. */
const EXIT_CODES = {
  /** All was done. */
  done: 0,
  /** Something failed: all of the command, or some of its images. */
  failed: 1,
  /** The command was not understood, and nothing was done. */
  misused: 2,
} as const;

/** Makes the process end with exit code 1, or another, once it has nothing more to do. */
export function failed(exitCode: number = EXIT_CODES.failed): void {
  process.exitCode = exitCode;
}

/** Writes to standard error, as one line, what is worth knowing and keeps nothing from running. */
export function warn(message: string): void {
  process.stderr.write(`clipql: warning: ${oneLine(message)}\n`);
}

/**
 * Writes an error to standard error as one line, and makes the process fail.
 *
 * @param about what it is about, such as an image's address.
 */
export function reportError(error: unknown, about?: string): void {
  const described = describeError(error);
  process.stderr.write(`${errorLine(described, about)}\n`);
  failed(described.code === 'BAD_OPTION' ? EXIT_CODES.misused : EXIT_CODES.failed);
}

/** `clipql: CODE: about: message`, without the address that an error of fetching ends in. */
export function errorLine({ code, message }: PublicError, about?: string): string {
  if (about === undefined) return `clipql: ${code}: ${message}`;
  const url = URL.parse(about);
  const ending = url === null ? '' : `: ${url.origin}${url.pathname}`;
  const said =
    ending !== '' && message.endsWith(ending) ? message.slice(0, -ending.length) : message;
  return `clipql: ${code}: ${oneLine(shorten(about, 100))}: ${said}`;
}
