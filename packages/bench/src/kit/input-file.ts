import { readFile } from 'node:fs/promises';
import { BenchError } from './errors.ts';

/** Characters of a value that a message names. */
const MOST_SHOWN = 40;

/** What JSON calls an object; what its fields hold is still to be checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws BenchError FILE_NOT_FOUND where the file cannot be read. */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? cause.code : 'unknown reason';
    throw new BenchError('FILE_NOT_FOUND', `${file}: cannot be read (${reason})`, { cause });
  }
}

/** @throws BenchError FILE_NOT_FOUND, or CASE_INVALID where the file holds no JSON object. */
export async function readJsonObject(file: string): Promise<JsonObject> {
  const text = new TextDecoder().decode(await readBytes(file));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BenchError('CASE_INVALID', `${file}: not valid JSON`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BenchError('CASE_INVALID', `${file}: expected a JSON object, got ${shown(value)}`);
  }
  return value as JsonObject;
}

/** A value of a file, as a message names what came. */
export function shown(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
