import { ClipError, grouped } from './errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The JSON object in a model's file.
 *
 * @throws ClipError MODEL_CONFIG_INVALID when the bytes are not UTF-8, not JSON, or not an object.
 */
export function parseJsonObject(bytes: Uint8Array, file: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ClipError('MODEL_CONFIG_INVALID', `${file} is not valid JSON`, { cause });
  }
  if (!isJsonObject(value)) {
    throw new ClipError('MODEL_CONFIG_INVALID', `${file}: expected a JSON object`);
  }
  return value;
}

/** Reads the fields of a JSON object, each checked, and names the field in every error. */
export class Fields {
  readonly #object: JsonObject;
  readonly #path: string;

  constructor(object: JsonObject, path: string) {
    this.#object = object;
    this.#path = path;
  }

  /** A field that is absent and one that is null count alike, as they do in Python's config. */
  has(name: string): boolean {
    return this.#object[name] !== undefined && this.#object[name] !== null;
  }

  raw(name: string): unknown {
    return this.#object[name];
  }

  positiveInteger(name: string, fallback: number, limit = 1 << 20): number {
    if (!this.has(name)) return fallback;
    const value = this.#object[name];
    const fits = Number.isInteger(value) && (value as number) > 0 && (value as number) <= limit;
    if (!fits) throw this.unexpected(name, `a whole number from 1 to ${grouped(limit)}`);
    return value as number;
  }

  nonNegativeInteger(name: string, fallback: number): number {
    if (!this.has(name)) return fallback;
    const value = this.#object[name];
    if (!Number.isSafeInteger(value) || (value as number) < 0) {
      throw this.unexpected(name, 'a whole number, 0 or more');
    }
    return value as number;
  }

  positiveNumber(name: string, fallback: number): number {
    if (!this.has(name)) return fallback;
    const value = this.#object[name];
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      throw this.unexpected(name, 'a number above 0');
    }
    return value;
  }

  boolean(name: string, fallback: boolean): boolean {
    if (!this.has(name)) return fallback;
    const value = this.#object[name];
    if (typeof value !== 'boolean') throw this.unexpected(name, 'true or false');
    return value;
  }

  oneOf<const Choice extends string>(
    name: string,
    choices: readonly Choice[],
    fallback: Choice,
  ): Choice {
    if (!this.has(name)) return fallback;
    const found = choices.find((choice) => choice === this.#object[name]);
    if (found === undefined) throw this.unexpected(name, choices.map((c) => `"${c}"`).join(' or '));
    return found;
  }

  unexpected(name: string, expected: string): ClipError {
    const got = JSON.stringify(this.#object[name]) ?? 'nothing';
    const shown = got.length > 80 ? `${got.slice(0, 80)}…` : got;
    return new ClipError(
      'MODEL_CONFIG_INVALID',
      `${this.#path}${name}: expected ${expected}, got ${shown}`,
    );
  }
}
