import type { Door } from './door.ts';
import { openAiFailure } from './open-ai-failure.ts';

/**
 * `GET /v1/models`: the served models in OpenAI's form, by which its tools fill their menus. When a model
 * was made is not known, so `created` is 0.
 *
 * @see https://platform.openai.com/docs/api-reference/models/list
 */
export const models: Door = {
  method: 'GET',
  answer: async (_request, context) => {
    const data = context.models
      .list()
      .map(({ name }) => ({ id: name, object: 'model', created: 0, owned_by: 'clipql' }));
    return Response.json({ object: 'list', data });
  },
  fail: openAiFailure,
};
