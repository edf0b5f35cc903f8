/** What the sections of open_clip's config have in common. */
import { type Fields, isJsonObject, type JsonObject } from '../json.ts';

/** Of PyTorch's `LayerNorm`. */
const EPSILON = 1e-5;

/** The fields of a section that are understood. */
export interface UnderstoodFields {
  /** Obeyed. */
  readonly known: readonly string[];
  /** Of no effect on what the model gives. */
  readonly ignored: readonly string[];
  /** Obeyed where they have this value, and understood with no other. */
  readonly only: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Every other field would change the result where it is set: one that is absent, null, false or empty is passed
 * over, and any other refused.
 */
export function checkFields(
  fields: Fields,
  json: JsonObject,
  { known, ignored, only }: UnderstoodFields,
): void {
  for (const [name, value] of Object.entries(json)) {
    if (known.includes(name) || ignored.includes(name) || value === only[name]) continue;
    if (isUnset(value)) continue;
    const expected = name in only ? JSON.stringify(only[name]) : 'no such field';
    throw fields.unexpected(name, expected);
  }
}

const isUnset = (value: unknown): boolean =>
  value === null || value === false || (isJsonObject(value) && Object.keys(value).length === 0);

/** Cut to whole units. */
export function mlpWidthOf(fields: Fields, width: number): number {
  const mlpWidth = Math.floor(width * fields.positiveNumber('mlp_ratio', 4));
  if (mlpWidth < 1) throw fields.unexpected('mlp_ratio', `a unit of width ${width} at least`);
  return mlpWidth;
}

/** `norm_kwargs.eps`, the one of them that is understood. */
export function normEpsilon(fields: Fields): number {
  const given = fields.raw('norm_kwargs') ?? {};
  if (!isJsonObject(given) || Object.keys(given).some((name) => name !== 'eps')) {
    throw fields.unexpected('norm_kwargs', '{"eps": number} or nothing');
  }
  const { eps = EPSILON } = given;
  if (typeof eps === 'number' && Number.isFinite(eps) && eps > 0) return eps;
  throw fields.unexpected('norm_kwargs', 'eps as a number above 0');
}
