import { EXAMPLES_PATH } from '../../images/example-images.ts';
import { type Door, GRAPHQL_PATH } from '../requests/route.ts';
import { page } from './page.ts';
import { redirect } from './redirect.ts';

/** `GET /`: the page. Where it is off, it leads to GraphiQL or, where that is off too, says what is here. */
export const root: Door = {
  answer: (asked) => {
    const { settings } = asked.services;
    if (settings.page) return page.answer(asked);
    if (settings.graphiql) return redirect(GRAPHQL_PATH).answer(asked);
    return new Response(PATHS, { headers: { 'content-type': 'text/html; charset=utf-8' } });
  },
};

const PATHS = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ClipQL</title>
<style>
  body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
  dt { font-family: ui-monospace, monospace; margin-top: 1rem; }
</style>
<h1>ClipQL</h1>
<p>CLIP over GraphQL: classifies images with labels of your own, and embeds images and texts.</p>
<dl>
<dt>POST ${GRAPHQL_PATH}</dt>
<dd>GraphQL, as JSON: <code>{"query": "{ models { name } }"}</code></dd>
<dt>POST /v1/embeddings, GET /v1/models</dt>
<dd>What OpenAI’s clients ask for, for images too.</dd>
<dt>POST /invocations</dt>
<dd>What SageMaker asks for.</dd>
<dt><a href="/openapi.json">/openapi.json</a></dt>
<dd>A description of these endpoints in OpenAPI 3.1.</dd>
<dt><a href="${EXAMPLES_PATH}">${EXAMPLES_PATH}</a></dt>
<dd>Photographs to try it with.</dd>
</dl>
</html>
`;
