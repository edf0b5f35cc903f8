import { z } from 'zod';
import type { GivenInput } from '../../answers/embed-inputs.ts';
import { ApiError } from '../../errors/api-error.ts';
import { checkPrompts, type Limits } from '../../limits/limits.ts';
import { imageOfText } from './image-text.ts';

/** What OpenAI's clients ask for. */
export interface EmbeddingsRequest {
  readonly inputs: readonly GivenInput[];
  readonly model: string | undefined;
  readonly format: 'float' | 'base64';
  readonly dimensions: number | undefined;
}

const text = z.string();
const textInput = text.transform((value): GivenInput => ({ text: value }));
const textPart = z.object({ text }).transform((part): GivenInput => part);
const imagePart = z
  .object({ image: text })
  .transform(({ image }): GivenInput => ({ image: imageOfText(image) }));
const imageUrlPart = z
  .object({ type: z.literal('image_url'), image_url: z.union([text, z.object({ url: text })]) })
  .transform(
    ({ image_url: image }): GivenInput => ({
      image: imageOfText(typeof image === 'string' ? image : image.url),
    }),
  );
const input = z.union([textInput, textPart, imagePart, imageUrlPart]);

/** What each field may be, and how to say so. Other fields, such as `user`, are not looked at. */
const FIELDS = {
  input: {
    value: z.union([input.transform((one) => [one]), z.array(input).min(1)]),
    expects:
      'a text, {"image": URL or base64}, or a list of them (tokens are those of another model)',
  },
  model: { value: text.optional(), expects: 'a text' },
  encoding_format: {
    value: z.enum(['float', 'base64']).nullish(),
    expects: '"float" or "base64"',
  },
  dimensions: { value: z.int().nullish(), expects: 'a whole number' },
} as const;

/** @throws ApiError BAD_INPUT, which names the field at fault; TOO_MANY_PROMPTS for a list without end. */
export function parseEmbeddingsRequest(
  body: Readonly<Record<string, unknown>>,
  { maxPrompts, maxImages, ...limits }: Limits,
): EmbeddingsRequest {
  const { input: given } = body;
  if (Array.isArray(given) && given.length > maxPrompts + maxImages) {
    checkPrompts({ prompts: given.length, characters: 0 }, { ...limits, maxPrompts, maxImages });
  }
  return {
    inputs: parse('input', body),
    model: parse('model', body),
    format: parse('encoding_format', body) ?? 'float',
    dimensions: parse('dimensions', body) ?? undefined,
  };
}

function parse<Name extends keyof typeof FIELDS>(
  name: Name,
  body: Readonly<Record<string, unknown>>,
): z.output<(typeof FIELDS)[Name]['value']>;
function parse(name: keyof typeof FIELDS, body: Readonly<Record<string, unknown>>): unknown {
  const { value, expects } = FIELDS[name];
  const { success, data } = value.safeParse(body[name]);
  if (success) return data;
  const got = body[name] === undefined ? 'none' : 'something else';
  throw new ApiError('BAD_INPUT', `expected "${name}" as ${expects}, got ${got}`);
}
