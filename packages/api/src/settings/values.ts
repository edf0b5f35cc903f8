/** What a setting's value may be: as text, from a flag or a variable, or as JSON, from a file. */
import { z } from 'zod';

const NUMERAL = /^\d{1,12}(\.\d{1,6})?$/;

/** A number written out becomes one. */
const fromText = (value: unknown): unknown =>
  typeof value === 'string' && NUMERAL.test(value) ? Number(value) : value;

export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(fromText, z.int().min(least).max(most));

/** Above 0. */
export const positiveNumber = (most: number) =>
  z.preprocess(fromText, z.number().positive().max(most));

export const nonNegativeNumber = (most: number) =>
  z.preprocess(fromText, z.number().min(0).max(most));

/** `a, b` or `["a", "b"]`, numbers as texts; empty entries do not count. */
export const list = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',') : value),
  z
    .array(z.union([z.string(), z.int().transform(String)]))
    .default([])
    .transform((entries) => entries.map((entry) => entry.trim()).filter((entry) => entry !== '')),
);

const SWITCH: Readonly<Record<string, boolean>> = {
  on: true,
  off: false,
  true: true,
  false: false,
};

/** `on` or `off`. */
export const onOff = z.preprocess(
  (value) => (typeof value === 'string' ? (SWITCH[value] ?? value) : value),
  z.boolean(),
);

/** As {@link list}, but an empty entry is a mistake, such as a variable of a shell that is not set. */
export const listOfNames = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',') : value),
  z.array(z.string().trim().min(1)).default([]),
);

export const text = z.string().trim().min(1);

/** An entry of a list. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(65_535));

/** `https://example.org`, or `*`; an entry of a list. */
export const originEntry = z
  .string()
  .refine((entry) => entry === '*' || URL.parse(entry)?.origin === entry);
