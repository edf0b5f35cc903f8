import { ApiError } from '../errors/api-error.ts';
import { quoted } from '../errors/one-line.ts';

/** Names are parts of files' names, URLs and command lines. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Whether something kept can have a name: what can not is known by none, and no database is asked for it. */
export const isName = (name: string): boolean => NAME.test(name);

/** @throws ApiError BAD_INPUT for what cannot be the name of a label set or a collection. */
export function checkName(name: string): void {
  if (isName(name)) return;
  const got = quoted(name, 100);
  throw new ApiError(
    'BAD_INPUT',
    `expected a name of 1 to 64 lower-case letters, digits, - and _, got ${got}`,
  );
}

/**
 * A name like a text: `Été 2024` gives `ete-2024`.
 *
 * @returns undefined where a text has neither a letter of ASCII nor a digit.
 */
export function nameLike(text: string): string | undefined {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const name = plain
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[_-]+/, '')
    .slice(0, 64)
    .replace(/-+$/, '');
  return name === '' ? undefined : name;
}
