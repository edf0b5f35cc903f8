import { z } from 'zod';
import type { GivenInput } from '../../answers/embed-inputs.ts';
import { ApiError } from '../../errors/api-error.ts';
import { quoted } from '../../errors/one-line.ts';
import type { EmbeddingFormat } from '../../limits/answers.ts';
import type { Limits } from '../../limits/limits.ts';
import { checkPrompts } from '../../limits/texts.ts';
import { isJsonObject, type JsonObject } from '../requests/request-body.ts';
import { imageOfText } from './image-text.ts';
import { parseFields } from './parse-fields.ts';

/** What OpenAI's clients ask for. */
export interface EmbeddingsRequest {
  readonly inputs: readonly GivenInput[];
  readonly model: string | undefined;
  readonly format: EmbeddingFormat;
  readonly dimensions: number | undefined;
}

const text = z.string();
const input = z.union([
  text,
  z.strictObject({ type: z.literal('text').optional(), text }),
  z.strictObject({ image: text.describe('a URL, or base64') }),
  z.strictObject({
    type: z.literal('image_url'),
    image_url: z.union([text, z.object({ url: text })]),
  }),
]);

/** OpenAI's fields, and infinity's `modality`. */
export const embeddingsBody = z.strictObject({
  input: z
    .union([input, z.array(input).min(1)])
    .describe(
      'a text, {"image": URL or base64}, or a list of them (tokens are those of another model)',
    ),
  model: text.optional().describe('a text'),
  encoding_format: z.enum(['float', 'base64']).nullish().describe('"float" or "base64"'),
  dimensions: z.int().nullish().describe('a whole number'),
  modality: z
    .enum(['text', 'image'])
    .nullish()
    .describe('"text" or "image", which is what a text among the inputs stands for'),
  user: z.unknown().optional().describe('anything; it is not looked at'),
});

/** @throws ApiError BAD_INPUT, which names the field at fault; TOO_MANY_PROMPTS for a list without end. */
export function parseEmbeddingsRequest(body: JsonObject, limits: Limits): EmbeddingsRequest {
  const { input: given } = body;
  // Before they are looked at.
  if (Array.isArray(given) && given.length > limits.maxPrompts + limits.maxImages) {
    checkPrompts({ prompts: given.length, characters: 0 }, limits);
  }
  for (const [index, one] of [given].flat().entries()) checkItemFields(one, `input[${index}]`);
  const { input, model, encoding_format, dimensions, modality } = parseFields(embeddingsBody, body);
  const inputs = Array.isArray(input) ? input : [input];
  return {
    inputs: inputs.map((one) => givenInput(one, modality === 'image')),
    model,
    format: encoding_format ?? 'float',
    dimensions: dimensions ?? undefined,
  };
}

/** What an input holds; the first three exclude each other. */
const ITEM_FIELDS = ['text', 'image', 'image_url', 'type'];

/** Names what no input has, or not together; what its fields hold is the schema's to say. */
function checkItemFields(item: unknown, where: string): void {
  if (!isJsonObject(item)) return;
  const names = Object.keys(item);
  const unknown = names.find((name) => !ITEM_FIELDS.includes(name));
  if (unknown !== undefined) {
    const known = ITEM_FIELDS.join(', ');
    const name = quoted(unknown, 100);
    throw new ApiError('BAD_INPUT', `unknown field ${name} in ${where}; there are ${known}`);
  }
  const given = names.filter((name) => name !== 'type');
  if (given.length === 1) return;
  const got = given.length === 0 ? 'none' : given.join(' and ');
  throw new ApiError('BAD_INPUT', `expected text, image or image_url in ${where}, got ${got}`);
}

function givenInput(value: z.output<typeof input>, textIsImage: boolean): GivenInput {
  if (typeof value === 'string') {
    return textIsImage ? { image: imageOfText(value) } : { text: value };
  }
  if ('text' in value) return { text: value.text };
  if ('image' in value) return { image: imageOfText(value.image) };
  const { image_url: image } = value;
  return { image: imageOfText(typeof image === 'string' ? image : image.url) };
}
