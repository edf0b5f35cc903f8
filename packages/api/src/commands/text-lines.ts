import { readFileSync } from 'node:fs';
import { ApiError } from '../errors/api-error.ts';

/**
 * The lines of a text file that are not empty.
 *
 * @param path `-` is standard input.
 * @param flag that named it, for the message.
 * @throws ApiError BAD_OPTION where it cannot be read, or is not UTF-8.
 */
export function textLines(path: string, flag: string): string[] {
  let text: string;
  try {
    // Standard input, by the name that commands give it.
    const bytes = readFileSync(path === '-' ? 0 : path);
    // Drops the mark that editors of Windows put first.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const got = { ENOENT: 'no such file', ERR_ENCODING_INVALID_ENCODED_DATA: 'other bytes' }[code];
    throw new ApiError(
      'BAD_OPTION',
      `expected ${flag} as a text file in UTF-8, got ${got ?? `one that cannot be read (${code})`}: ${path}`,
      { cause: error },
    );
  }
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
