/** What the sections of open_clip's config have in common. */
import { type Fields, isJsonObject, type JsonObject } from '../json.ts';
import type { Activation } from './clip-config.ts';

/** Of PyTorch's `LayerNorm`. */
const EPSILON = 1e-5;

/** Fields of `vision_cfg` that matter while training alone. */
export const TRAINING = [
  'patch_dropout',
  'timm_model_pretrained',
  'timm_drop',
  'timm_drop_path',
] as const;

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

/** A number, or a list of two that are equal. */
export function imageSizeOf(fields: Fields): number {
  const given = fields.raw('image_size');
  if (!Array.isArray(given)) return fields.positiveInteger('image_size', 224, 4096);
  const [side, ...others] = given;
  const isSide = Number.isInteger(side) && side > 0 && side <= 4096;
  if (isSide && others.length === 1 && others[0] === side) return side;
  throw fields.unexpected('image_size', 'a side of at most 4096, or two that are equal');
}

/** The GELU of a tower, whose form `act_kwargs.approximate` says. */
export function activationOf(fields: Fields, quickGelu: boolean): Activation {
  const given = fields.raw('act_kwargs') ?? {};
  const isEmpty = isJsonObject(given) && Object.keys(given).length === 0;
  if (quickGelu) {
    if (!isEmpty) throw fields.unexpected('act_kwargs', 'nothing, as quick_gelu has no options');
    return 'quick_gelu';
  }
  const { approximate = 'none', ...others } = isJsonObject(given) ? given : { given };
  const activation = APPROXIMATE.get(approximate);
  if (activation !== undefined && Object.keys(others).length === 0) return activation;
  throw fields.unexpected('act_kwargs', '{"approximate": "tanh"} or nothing');
}

/** PyTorch's names of the forms of GELU. */
const APPROXIMATE: ReadonlyMap<unknown, Activation> = new Map([
  ['none', 'gelu'],
  ['tanh', 'gelu_tanh'],
]);
