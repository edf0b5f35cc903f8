import type { z } from 'zod';
import { ApiError } from '../../errors/api-error.ts';
import { quoted } from '../../errors/one-line.ts';
import type { JsonObject } from '../requests/request-body.ts';

/**
 * A body's fields, as its schema has them. The descriptions of fields say what to expect.
 *
 * @throws ApiError BAD_INPUT, which names the field at fault, or one that a strict schema does not have.
 */
export function parseFields<Shape extends Readonly<Record<string, z.ZodType>>>(
  schema: z.ZodObject<Shape>,
  body: JsonObject,
): z.output<z.ZodObject<Shape>> {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  for (const issue of error.issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const name = quoted(issue.keys[0]!, 100);
    const known = Object.keys(schema.shape).join(', ');
    throw new ApiError('BAD_INPUT', `unknown field ${name}; there are ${known}`);
  }
  const name = String(error.issues[0]!.path[0]);
  const { description } = schema.shape[name]!;
  throw new ApiError(
    'BAD_INPUT',
    `expected "${name}" as ${description}, got ${kindOf(body[name])}`,
  );
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'none';
  return Array.isArray(value) && value.length === 0 ? 'an empty list' : 'something else';
}
