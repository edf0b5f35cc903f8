import { chooseModel } from '../../answers/choose-model.ts';
import { encodeEach } from '../../answers/embed-inputs.ts';
import { InputFailure } from '../../answers/outcome.ts';
import { packFloat32, toBase64 } from '../../answers/pack-vector.ts';
import { ApiError } from '../../errors/api-error.ts';
import { checkAnswerValues } from '../../limits/limits.ts';
import { bodyLimits } from '../requests/body-limits.ts';
import { readJsonObject } from '../requests/request-body.ts';
import { cutHeader } from './cut-header.ts';
import type { Door } from './door.ts';
import { parseEmbeddingsRequest } from './embeddings-request.ts';
import { openAiFailure } from './open-ai-failure.ts';

/** Names the texts that were longer than the model's context. */
const CUT_HEADER = 'clipql-cut-inputs';

/**
 * `POST /v1/embeddings`, as OpenAI has it, and images among the inputs. There is one answer for all
 * inputs: the first that fails fails the request, and is named in `param`. Places of texts that were
 * cut are in the header `clipql-cut-inputs`.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings/create
 */
export const embeddings: Door = {
  method: 'POST',
  answer: async (request, context, { settings, keepBytes }) => {
    const body = await readJsonObject(request, bodyLimits(settings), keepBytes);
    const { inputs, model: name, format, dimensions } = parseEmbeddingsRequest(body, settings);
    const { model, loaders } = await chooseModel(context, { model: name });
    const { embeddingWidth } = model.clip.info;
    checkDimensions(dimensions, embeddingWidth);
    checkAnswerValues(inputs.length * valuesOf(embeddingWidth, format));
    const outcomes = await encodeEach(loaders, inputs, context.describe);
    let tokens = 0;
    const cut: number[] = [];
    const data = [];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome instanceof InputFailure) return openAiFailure(outcome.error, `input[${index}]`);
      tokens += outcome.tokens ?? 0;
      if (outcome.truncated) cut.push(index);
      const { direction } = outcome;
      const embedding = format === 'base64' ? toBase64(packFloat32(direction)) : [...direction];
      data.push({ object: 'embedding', index, embedding });
    }
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    const answer = { object: 'list', data, model: model.clip.info.name, usage };
    return Response.json(answer, { headers: cutHeader(CUT_HEADER, cut) });
  },
  fail: openAiFailure,
};

/** How much of an answer an embedding is: base64 writes a value in a quarter of the characters. */
const valuesOf = (width: number, format: 'float' | 'base64'): number =>
  format === 'base64' ? width / 4 : width;

function checkDimensions(asked: number | undefined, width: number): void {
  if (asked === undefined || asked === width) return;
  throw new ApiError('BAD_INPUT', `expected dimensions ${width}, those of the model, got ${asked}`);
}
