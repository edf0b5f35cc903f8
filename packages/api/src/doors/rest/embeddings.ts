import { z } from 'zod';
import { chooseModel } from '../../answers/choose-model.ts';
import { encodeEach } from '../../answers/embed-inputs.ts';
import { InputFailure } from '../../answers/outcome.ts';
import { packFloat32, toBase64 } from '../../answers/pack-vector.ts';
import { ApiError } from '../../errors/api-error.ts';
import { checkAnswerValues, type EmbeddingFormat, embeddingValues } from '../../limits/answers.ts';
import { failureResponse } from '../requests/http-error.ts';
import { jsonResponse } from '../requests/json-response.ts';
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

/** Each is made when it is printed. */
type PrintedEmbedding = Omit<z.infer<typeof embedding>, 'embedding'> & {
  readonly embedding: { toJSON(): z.infer<typeof embedding>['embedding'] };
};

const answerSchema = z.object({
  object: z.literal('list'),
  data: z.array(embedding),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

type PrintedAnswer = Omit<z.infer<typeof answerSchema>, 'data'> & {
  readonly data: readonly PrintedEmbedding[];
};

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
    checkAnswerValues(inputs.length * embeddingValues(embeddingWidth, format));
    const outcomes = await encodeEach(loaders, inputs, context.describe);
    let tokens = 0;
    const cut: number[] = [];
    const data: PrintedEmbedding[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome instanceof InputFailure) {
        const { pathname } = new URL(request.url);
        return failureResponse(outcome.error, pathname, { param: `input[${index}]` });
      }
      tokens += outcome.tokens ?? 0;
      if (outcome.truncated) cut.push(index);
      // Printed in its turn: all texts together are larger than the vectors.
      const written = { toJSON: () => WRITE[format](outcome.direction) };
      data.push({ object: 'embedding', index, embedding: written });
    }
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    const answer: PrintedAnswer = { object: 'list', data, model: model.clip.info.name, usage };
    return jsonResponse(answer, { headers: cutHeader(CUT_HEADER, cut) });
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

const WRITE: Record<EmbeddingFormat, (vector: Float32Array) => number[] | string> = {
  float: (vector) => [...vector],
  base64: (vector) => toBase64(packFloat32(vector)),
};

function checkDimensions(asked: number | undefined, width: number): void {
  if (asked === undefined || asked === width) return;
  throw new ApiError('BAD_INPUT', `expected dimensions ${width}, those of the model, got ${asked}`);
}
