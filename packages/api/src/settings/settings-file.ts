import { readFileSync } from 'node:fs';
import { ApiError, shorten } from '../errors.ts';
import { OPTIONS } from './options.ts';

/**
 * The settings in a JSON file, by name, their values not yet checked.
 *
 * @throws ApiError BAD_OPTION when it cannot be read, is no JSON object, or has a name that is none.
 */
export function readSettingsFile(path: string): Readonly<Record<string, unknown>> {
  const settings = parseJson(path, readText(path));
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw badFile(path, 'a JSON object', 'other JSON');
  }
  const unknown = Object.keys(settings).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) {
    // The names are many: a message that is cut loses some of them, and not what is wrong.
    const wrong = `got ${JSON.stringify(shorten(unknown, 60))} in the settings file ${path}`;
    const names = Object.keys(OPTIONS).join(', ');
    throw new ApiError('BAD_OPTION', `${wrong}, expected one of ${names}`);
  }
  return { ...settings };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw badFile(path, 'a file that can be read', code === 'ENOENT' ? 'no file' : String(code));
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the file, which may hold secrets.
    throw badFile(path, 'JSON', 'something else');
  }
}

function badFile(path: string, expected: string, got: string): ApiError {
  return new ApiError(
    'BAD_OPTION',
    `expected ${expected} in the settings file ${path}, got ${got}`,
  );
}
