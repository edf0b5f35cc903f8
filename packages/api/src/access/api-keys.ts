import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ApiError } from '../errors/api-error.ts';
import { type ApiKey, describeKeyEntry, parseKeyEntry } from './key-entry.ts';

/** Those of a list of entries, and of the file with one entry a line, if there is one. */
export function readApiKeys(entries: readonly string[], path: string | undefined): ApiKey[] {
  const lines = path === undefined ? [] : readLines(path);
  // With no key at all the server would ask nobody for one.
  if (path !== undefined && lines.length === 0) throw badFile(path, 'at least one key', 'none');
  return [...entries, ...lines].map((entry) => {
    const key = parseKeyEntry(entry);
    if (key !== undefined) return key;
    throw badFile(path, 'lines as name:hash', describeKeyEntry(entry));
  });
}

/** The key that was presented. Each is compared in full, so that time tells nothing. */
export function findKey(keys: readonly ApiKey[], presented: string): ApiKey | undefined {
  const hash = createHash('sha256').update(presented).digest();
  return keys.filter((key) => timingSafeEqual(key.hash, hash)).at(0);
}

/** Empty lines and those that begin with # say nothing. */
function readLines(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw badFile(path, 'a file that can be read', code === 'ENOENT' ? 'no file' : String(code));
  }
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

function badFile(path: string | undefined, expected: string, got: string): ApiError {
  return new ApiError(
    'BAD_OPTION',
    `expected ${expected} in the file of API keys ${path}, got ${got}`,
  );
}
