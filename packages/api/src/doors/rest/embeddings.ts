import { z } from 'zod';
import { chooseModel } from '../../answers/choose-model.ts';
import { encodeEach } from '../../answers/embed-inputs.ts';
import { InputFailure } from '../../answers/outcome.ts';
import { packFloat32, toBase64 } from '../../answers/pack-vector.ts';
import { ApiError } from '../../errors/api-error.ts';
import { checkAnswerValues } from '../../limits/limits.ts';
import { failureResponse } from '../requests/http-error.ts';
import type { Door } from '../requests/route.ts';
import { cutHeader } from './cut-header.ts';
import { embeddingsExamples } from './embeddings-examples.ts';
import { embeddingsBody, parseEmbeddingsRequest } from './embeddings-request.ts';
import { IMAGE_CODES, MODEL_CODES } from './failure-codes.ts';

/** Names the texts that were longer than the model's context. */
const CUT_HEADER = 'clipql-cut-inputs';

const embedding = z.object({
  object: z.literal('embedding'),
  index: z.int().describe('the input’s place, from 0'),
  embedding: z
    .union([z.array(z.number()), z.string()])
    .describe('of length 1; a text is little-endian float32 in base64'),
});

const answerSchema = z.object({
  object: z.literal('list'),
  data: z.array(embedding),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

/**
 * `POST /v1/embeddings`, as OpenAI has it, and images among the inputs. There is one answer for all
 * inputs: the first that fails fails the request, and is named in `param`. Places of texts that were
 * cut are in the header `clipql-cut-inputs`.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings/create
 */
export const embeddings: Door = {
  answer: async ({ request, context, services: { settings }, readJson }) => {
    const asked = parseEmbeddingsRequest(await readJson(), settings);
    const { inputs, model: name, format, dimensions } = asked;
    const { model, loaders } = await chooseModel(context, { model: name });
    const { embeddingWidth } = model.clip.info;
    checkDimensions(dimensions, embeddingWidth);
    checkAnswerValues(inputs.length * valuesOf(embeddingWidth, format));
    const outcomes = await encodeEach(loaders, inputs, context.describe);
    let tokens = 0;
    const cut: number[] = [];
    const data: z.infer<typeof embedding>[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome instanceof InputFailure) {
        const { pathname } = new URL(request.url);
        return failureResponse(outcome.error, pathname, { param: `input[${index}]` });
      }
      tokens += outcome.tokens ?? 0;
      if (outcome.truncated) cut.push(index);
      const { direction } = outcome;
      const values = format === 'base64' ? toBase64(packFloat32(direction)) : [...direction];
      data.push({ object: 'embedding', index, embedding: values });
    }
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    const answer: z.infer<typeof answerSchema> = {
      object: 'list',
      data,
      model: model.clip.info.name,
      usage,
    };
    return Response.json(answer, { headers: cutHeader(CUT_HEADER, cut) });
  },
  operation: {
    id: 'createEmbeddings',
    summary: 'Embed texts and images',
    description:
      'As OpenAI’s clients ask it, with images as inputs too. When an input fails, the request does, and `param` names it.',
    body: embeddingsBody,
    answers: {
      200: {
        description: 'An embedding for each input, in their order',
        schema: answerSchema,
        headers: { [CUT_HEADER]: 'indices of texts that were longer than the model’s context' },
      },
    },
    errors: [...MODEL_CODES, ...IMAGE_CODES],
    examples: embeddingsExamples,
  },
};

/** How much of an answer an embedding is: base64 writes a value in a quarter of the characters. */
const valuesOf = (width: number, format: 'float' | 'base64'): number =>
  format === 'base64' ? width / 4 : width;

function checkDimensions(asked: number | undefined, width: number): void {
  if (asked === undefined || asked === width) return;
  throw new ApiError('BAD_INPUT', `expected dimensions ${width}, those of the model, got ${asked}`);
}
