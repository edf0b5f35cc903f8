import { FIRST_EXAMPLE } from '../../images/examples.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Door, GRAPHQL_PATH } from '../requests/route.ts';
import { exampleQuery } from './example-query.ts';

/**
 * `GET /graphql` in a browser: GraphiQL in one page, so that a machine without internet shows it too. It
 * is 8.9 MB, so it is loaded when first asked for.
 */
export const graphiql: Door = {
  answer: async () => {
    const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
    const page = renderGraphiQL({
      title: 'ClipQL',
      endpoint: GRAPHQL_PATH,
      defaultQuery: exampleQuery(FIRST_EXAMPLE),
    });
    return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } });
  },
};

/** Other clients, which ask without a query, are told to send one. */
export const wantsGraphiql = ({ headers }: Request, { graphiql }: Settings): boolean =>
  graphiql && (headers.get('accept') ?? '').includes('text/html');
