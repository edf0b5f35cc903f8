import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { ApiError } from '../../../errors/api-error.ts';
import { type BodyLimits, isJsonObject, readJson } from '../../requests/request-body.ts';
import type { ServerContext } from '../../requests/services.ts';

/**
 * Reads GraphQL's JSON as the other doors read theirs: an operation, or a list of them. Yoga's own limit
 * on a body's bytes would lead each through a stream and a request of its own, a quarter of a millisecond.
 */
export function useJsonBody(limits: BodyLimits): Plugin<object, ServerContext> {
  return {
    onRequestParse: ({ request, serverContext, setRequestParser }) => {
      const type = request.headers.get('content-type') ?? '';
      if (request.method !== 'POST' || !/^application\/(graphql\+)?json *(;|$)/i.test(type)) return;
      setRequestParser(async (incoming) =>
        paramsOf(await readJson(incoming, limits, serverContext.keepBytes)),
      );
    },
  };
}

function paramsOf(body: unknown): GraphQLParams | GraphQLParams[] {
  if (isJsonObject(body)) return body;
  if (Array.isArray(body) && body.length > 0 && body.every(isJsonObject)) return body;
  const message = 'expected a JSON object or a list of them as the body, got something else';
  throw new ApiError('BAD_REQUEST', message);
}
