import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { classOf, type EvaluatedClass } from '../../answers/evaluate/encode-classes.ts';
import { ApiError } from '../../errors/api-error.ts';
import { shorten } from '../../errors/one-line.ts';

const text = z.string().trim().min(1);
const schema = z.record(z.string(), z.union([text, z.array(text).min(1)]));

/**
 * What classes are called, where the names of their folders are no words.
 *
 * @param values the classes that there are.
 * @param file JSON, such as `{"n01443537": ["goldfish", "carassius auratus"]}`. A class that has no pictures is
 *   another answer that may be given; one that the file does not name is called as its folder is.
 * @throws ApiError BAD_OPTION for another file.
 */
export function classesOf(
  values: readonly string[],
  file: string | undefined,
): readonly EvaluatedClass[] {
  if (file === undefined) return values.map(classOf);
  const labels = read(file);
  const others = Object.keys(labels).filter((value) => !values.includes(value));
  return [...values, ...others].map((value) => {
    const label = Object.hasOwn(labels, value) ? labels[value] : undefined;
    return label === undefined ? classOf(value) : { value, texts: [label].flat() };
  });
}

function read(file: string): z.infer<typeof schema> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? shorten(cause.message, 100) : 'another';
    throw badFile(`one that cannot be read (${reason})`, cause);
  }
  const { data, error } = schema.safeParse(json);
  if (data !== undefined) return data;
  throw badFile(`another value at ${JSON.stringify(error.issues[0]?.path.join('.') ?? '')}`, error);
}

const badFile = (got: string, cause: unknown): ApiError =>
  new ApiError(
    'BAD_OPTION',
    `expected --labels-file as a JSON object of classes and what they are called, got ${got}`,
    { cause },
  );
