import type { Plugin } from 'graphql-yoga';
import { httpError } from '../../requests/http-error.ts';

/** JSON, and forms for queries with files; a browser sends other types for any page that asks. */
const TYPES = /^(application\/(graphql\+)?json|multipart\/form-data) *(;|$)/i;

/**
 * Queries come by POST, in a body of a known type: a link, an image or a plain form on another site
 * cannot send one.
 *
 * @param path of GraphQL.
 */
export function usePostOnly(path: string): Plugin {
  return {
    onRequest: ({ request: { method, headers }, url, endResponse }) => {
      if (url.pathname !== path || method === 'OPTIONS') return;
      if (method !== 'POST') {
        const response = httpError(405, 'BAD_REQUEST', `expected POST to ${path}`);
        response.headers.set('allow', 'POST');
        endResponse(response);
      } else if (!TYPES.test(headers.get('content-type') ?? '')) {
        const message =
          'expected content-type: application/json, or multipart/form-data with files';
        endResponse(httpError(415, 'BAD_REQUEST', message));
      }
    },
  };
}
