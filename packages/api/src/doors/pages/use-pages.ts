import type { Plugin } from 'graphql-yoga';
import { oneLine, shorten } from '../../errors/one-line.ts';
import { EXAMPLES_PATH } from '../../images/example-images.ts';
import type { Settings } from '../../settings/settings.ts';
import { httpError } from '../requests/http-error.ts';
import { REQUEST_ID } from '../requests/use-request-scope.ts';
import { exampleResponse, examplesPage } from './examples.ts';
import { graphiqlPage } from './graphiql.ts';

export const GRAPHQL_PATH = '/graphql';

/** What is beside GraphQL: GraphiQL and the examples; and an answer to all the rest. */
export function usePages(settings: Pick<Settings, 'graphiql'>): Plugin {
  return {
    onRequest: async ({ request, url, endResponse }) => {
      const page = await pageFor(request, url.pathname, settings);
      if (page !== undefined) endResponse(page);
    },
    onResponse: ({ response, setResponse }) => {
      const expected = WITHOUT_BODY[response.status];
      if (expected === undefined) return;
      const explained = httpError(response.status, 'BAD_REQUEST', `expected ${expected}`);
      const id = response.headers.get(REQUEST_ID);
      if (id !== null) explained.headers.set(REQUEST_ID, id);
      setResponse(explained);
    },
  };
}

/** What yoga expects where it answers with a status and no body. */
const WITHOUT_BODY: Readonly<Record<number, string>> = {
  415: 'content-type: application/json',
  406: 'accept: application/json',
};

/** The response to anything but a GraphQL request; undefined for one of those. */
async function pageFor(
  request: Request,
  path: string,
  { graphiql }: Pick<Settings, 'graphiql'>,
): Promise<Response | undefined> {
  if (path === GRAPHQL_PATH) {
    return graphiql && wantsGraphiql(request) ? graphiqlPage(GRAPHQL_PATH) : undefined;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return httpError(405, 'BAD_REQUEST', `expected GET, or POST to ${GRAPHQL_PATH}`, path);
  }
  if (path === '/') return redirect(GRAPHQL_PATH);
  if (`${path}/` === EXAMPLES_PATH) return redirect(EXAMPLES_PATH);
  if (path === EXAMPLES_PATH) return examplesPage(graphiql ? GRAPHQL_PATH : undefined);
  if (path.startsWith(EXAMPLES_PATH)) return exampleResponse(path.slice(EXAMPLES_PATH.length));
  const shown = oneLine(shorten(path, 100));
  return httpError(404, 'NOT_FOUND', `nothing is at ${shown}; GraphQL is at ${GRAPHQL_PATH}`, path);
}

function wantsGraphiql({ method, headers }: Request): boolean {
  return method === 'GET' && (headers.get('accept') ?? '').includes('text/html');
}

/** Relative, so that it holds behind a proxy too. */
function redirect(path: string): Response {
  return new Response(null, { status: 302, headers: { location: path } });
}
