import { FIRST_EXAMPLE } from '../../images/examples.ts';
import { exampleQuery } from './example-query.ts';

/**
 * The GraphiQL page, complete in itself: a machine without internet shows it too. It is 8.9 MB, so
 * it is loaded when first asked for.
 *
 * @param endpoint where it sends its queries.
 */
export async function graphiqlPage(endpoint: string): Promise<Response> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    title: 'ClipQL',
    endpoint,
    defaultQuery: exampleQuery(FIRST_EXAMPLE),
  });
  return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } });
}
