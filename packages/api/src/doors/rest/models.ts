import { z } from 'zod';
import { ApiError } from '../../errors/api-error.ts';
import { quoted } from '../../errors/one-line.ts';
import { failureResponse } from '../requests/http-error.ts';
import type { Door } from '../requests/route.ts';

const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.literal(0).describe('not known'),
  owned_by: z.string(),
});

const listSchema = z.object({ object: z.literal('list'), data: z.array(modelSchema) });

/** When a model was made is not known. */
const modelOf = ({ name }: { readonly name: string }): z.infer<typeof modelSchema> => ({
  id: name,
  object: 'model',
  created: 0,
  owned_by: 'clipql',
});

/**
 * `GET /v1/models`: the served models in OpenAI's form, by which its tools fill their menus.
 *
 * @see https://platform.openai.com/docs/api-reference/models/list
 */
export const models: Door = {
  answer: ({ context }) => {
    const list: z.infer<typeof listSchema> = {
      object: 'list',
      data: context.models.list().map(modelOf),
    };
    return Response.json(list);
  },
  operation: {
    id: 'listModels',
    summary: 'List the served models',
    answers: { 200: { description: 'The models, the default one first', schema: listSchema } },
    errors: [],
    examples: [],
  },
};

/**
 * `GET /v1/models/{id}`: one of them. Ids may have slashes in them, percent-encoded or not.
 *
 * @see https://platform.openai.com/docs/api-reference/models/retrieve
 */
export const model: Door = {
  answer: ({ request, rest: id, context }) => {
    const served = context.models.list();
    const found = served.find(({ name }) => name === id);
    if (found !== undefined) return Response.json(modelOf(found));
    const names = served.map(({ name }) => name).join(', ');
    const got = quoted(id, 100);
    const message = `expected a model that is served (${names}), got ${got}`;
    const { pathname } = new URL(request.url);
    const unknown = context.describe(new ApiError('UNKNOWN_MODEL', message));
    return failureResponse(unknown, pathname, { param: 'model' });
  },
  operation: {
    id: 'retrieveModel',
    summary: 'Look up a served model',
    rest: 'the model’s id',
    answers: { 200: { description: 'The model', schema: modelSchema } },
    errors: ['UNKNOWN_MODEL'],
    examples: [
      {
        name: 'unknown',
        summary: 'A model that is not served',
        rest: 'text-embedding-3-small',
        status: 404,
      },
    ],
  },
};
