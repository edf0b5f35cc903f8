import { readFileSync } from 'node:fs';
import { ApiError } from '../errors/api-error.ts';
import { quoted } from '../errors/one-line.ts';
import { nearestName } from './nearest-name.ts';
import { OPTIONS } from './options.ts';

/**
 * The settings in a JSON file, by name, their values not yet checked.
 *
 * @throws ApiError BAD_OPTION when it cannot be read, is not a JSON object, or has an unknown name.
 */
export function readSettingsFile(path: string): Readonly<Record<string, unknown>> {
  const settings = parseJson(path, readText(path));
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw badFile(path, 'a JSON object', 'other JSON');
  }
  const unknown = Object.keys(settings).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) throw unknownName(path, unknown);
  return { ...settings };
}

function unknownName(path: string, unknown: string): ApiError {
  const names = Object.keys(OPTIONS);
  const meant = nearestName(unknown, names);
  // The names are many: a message that is cut loses some of them, and not what is wrong.
  const wrong = `got ${quoted(unknown)} in the settings file ${path}`;
  const expected = meant ?? `one of ${names.join(', ')}`;
  return new ApiError('BAD_OPTION', `${wrong}, expected ${expected}`);
}

function readText(path: string): string {
  try {
    // Editors on Windows put a byte order mark before the text.
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    const got = UNREADABLE[code] ?? `one that cannot be read (${code})`;
    throw new ApiError('BAD_OPTION', `expected the settings file ${path}, got ${got}`);
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'no file',
  EISDIR: 'a folder',
};

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Of the parser's own message the place alone: the rest may quote the file, which may hold secrets.
    const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec((error as Error).message) ?? [];
    const place = line === undefined ? '' : `: see line ${line}, column ${column}`;
    throw badFile(path, 'JSON', `something else${place}`);
  }
}

function badFile(path: string, expected: string, got: string): ApiError {
  return new ApiError(
    'BAD_OPTION',
    `expected ${expected} in the settings file ${path}, got ${got}`,
  );
}
