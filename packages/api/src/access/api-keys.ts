import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ApiError } from '../errors/api-error.ts';
import { type ApiKey, describeKeyEntry, parseKeyEntry } from './key-entry.ts';

/** The keys that are let in now. */
export interface ApiKeys {
  /** Whether there are none, nor a file to take them from. */
  readonly isEmpty: boolean;
  /** The key that was presented. */
  find(presented: string): ApiKey | undefined;
}

/** How often the file is looked at, at most. */
const CHECK_MS = 1_000;

/**
 * Those of a list of entries, and of the file with one entry a line, if there is one. The file is read
 * again when it changes; while it cannot be used, the keys that it had stay.
 *
 * @param warn told, once for each change, why a file cannot be used.
 * @throws ApiError BAD_OPTION when it cannot be used to begin with.
 */
export function openApiKeys(
  entries: readonly string[],
  path: string | undefined,
  warn: (message: string) => void,
): ApiKeys {
  const given = entries.map((entry) => parseEntry(entry, path));
  if (path === undefined)
    return { isEmpty: given.length === 0, find: (key) => findKey(given, key) };
  let text = readText(path);
  let keys = parseFile(text, path);
  let failure: string | undefined;
  let checked = performance.now();

  const refresh = (): void => {
    try {
      const found = readText(path);
      if (found !== text) keys = parseFile(found, path);
      text = found;
      failure = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== failure) warn(`${message}; the keys that it had stay`);
      failure = message;
    }
  };

  return {
    isEmpty: false,
    find: (presented) => {
      if (performance.now() - checked >= CHECK_MS) {
        refresh();
        checked = performance.now();
      }
      return findKey([...given, ...keys], presented);
    },
  };
}

/** Each is compared in full, so that time tells nothing. */
function findKey(keys: readonly ApiKey[], presented: string): ApiKey | undefined {
  const hash = createHash('sha256').update(presented).digest();
  return keys.filter((key) => timingSafeEqual(key.hash, hash)).at(0);
}

/** Empty lines and those that begin with # say nothing. */
function parseFile(text: string, path: string): readonly ApiKey[] {
  const lines = text.split('\n').map((line) => line.trim());
  const entries = lines.filter((line) => line !== '' && !line.startsWith('#'));
  // With no key at all the server would ask nobody for one.
  if (entries.length === 0) throw badFile(path, 'at least one key', 'none');
  return entries.map((entry) => parseEntry(entry, path));
}

function parseEntry(entry: string, path: string | undefined): ApiKey {
  const key = parseKeyEntry(entry);
  if (key !== undefined) return key;
  throw badFile(path, 'lines as name:hash', describeKeyEntry(entry));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw badFile(path, 'a file that can be read', code === 'ENOENT' ? 'no file' : String(code));
  }
}

function badFile(path: string | undefined, expected: string, got: string): ApiError {
  return new ApiError(
    'BAD_OPTION',
    `expected ${expected} in the file of API keys ${path}, got ${got}`,
  );
}
