import type { Plugin } from 'graphql-yoga';
import { type BodyLimits, readJsonObject } from '../../requests/request-body.ts';
import type { ServerContext } from '../../requests/services.ts';

/**
 * Reads GraphQL's JSON as the other doors read theirs. Yoga's own limit on a body's bytes would lead
 * each through a stream and a request of its own, a quarter of a millisecond.
 */
export function useJsonBody(limits: BodyLimits): Plugin<object, ServerContext> {
  return {
    onRequestParse: ({ request, serverContext, setRequestParser }) => {
      const type = request.headers.get('content-type') ?? '';
      if (request.method !== 'POST' || !/^application\/(graphql\+)?json *(;|$)/i.test(type)) return;
      setRequestParser((incoming) => readJsonObject(incoming, limits, serverContext.keepBytes));
    },
  };
}
