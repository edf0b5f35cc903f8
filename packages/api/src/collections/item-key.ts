import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { shownValue } from '../errors/one-line.ts';
import { isText } from '../limits/is-text.ts';

/** Of a path or a URL. */
const MAX_LENGTH = 4_096;

/** @throws ApiError BAD_INPUT for a key or a source that no engine could find again. */
export function checkKey(key: string, source: string): void {
  for (const [what, text] of [
    ['a key', key],
    ['a source', source],
  ] as const) {
    if (text.length >= 1 && text.length <= MAX_LENGTH && isText(text)) continue;
    throw new ApiError(
      'BAD_INPUT',
      `expected ${what} of 1 to ${grouped(MAX_LENGTH)} characters of Unicode without NUL, got ${shownValue(text)}`,
    );
  }
}
