import type { z } from 'zod';

/** One thing that can be set. Its flag, its variable and its key in a file follow from its name. */
export interface Option<Value extends z.ZodType = z.ZodType> {
  /** Checks what a flag or a variable (text) or a file (any JSON) gives; undefined is the default. */
  readonly value: Value;
  /** What to expect, after the option's name: `a whole number from 0 to 65535`. */
  readonly expects: string;
  /** Stands for the value in help texts: `<n>`. */
  readonly placeholder: string;
  /** What it does, in one line. */
  readonly help: string;
  /** What holds without it, where the value itself would not tell. */
  readonly without?: string;
  /** What holds without it where NODE_ENV is `production`. */
  readonly inProduction?: string;
  /** Variables that are read besides `CLIPQL_…`, after it. */
  readonly alsoRead?: readonly string[];
  /** Whether the flag may be given several times. */
  readonly repeatable?: true;
  /** Makes it one that is never shown; tells of a value, or of an entry of a list, that is refused. */
  readonly secret?: (refused: unknown) => string;
}

/** `maxMegapixels` → `--max-megapixels` */
export const flagOf = (name: string): string => `--${words(name).join('-')}`;

/** `maxMegapixels` → `CLIPQL_MAX_MEGAPIXELS` */
export const variableOf = (name: string): string => `CLIPQL_${words(name).join('_').toUpperCase()}`;

/** What holds when the option is not given, as a text. */
export function defaultText({ value, without, inProduction }: Option): string {
  const text = without ?? valueText(value.parse(undefined));
  return inProduction === undefined ? text : `${text}; ${inProduction} with NODE_ENV=production`;
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return Array.isArray(value) ? value.join(', ') || 'none' : String(value);
}

const words = (name: string): string[] => name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
