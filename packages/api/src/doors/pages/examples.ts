import { z } from 'zod';
import { publicError } from '../../errors/public-error.ts';
import { EXAMPLES_PATH, readExample } from '../../images/example-images.ts';
import { EXAMPLE_LABELS, EXAMPLES, type Example, FIRST_EXAMPLE } from '../../images/examples.ts';
import { failureResponse } from '../requests/http-error.ts';
import { type Door, GRAPHQL_PATH } from '../requests/route.ts';
import { exampleQuery } from './example-query.ts';

/** `GET /examples/{file}`: an example, or 404. */
export const exampleFile: Door = {
  answer: async ({ request, rest: name }) => {
    try {
      const bytes = new Uint8Array(await readExample(name));
      return new Response(bytes, {
        headers: { 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' },
      });
    } catch (error) {
      const known = publicError(error);
      if (known === undefined) throw error;
      const { message } = known;
      return failureResponse({ code: 'NOT_FOUND', message }, new URL(request.url).pathname);
    }
  },
  operation: {
    id: 'readSamplePhoto',
    summary: 'A photograph to try the server with',
    description: `${EXAMPLES_PATH} shows all of them.`,
    rest: 'the photograph’s name',
    answers: {
      200: { description: 'The photograph', mediaType: 'image/jpeg', schema: z.unknown() },
    },
    errors: ['NOT_FOUND'],
    examples: [
      { name: 'known', summary: `Of ${FIRST_EXAMPLE.shows}`, rest: FIRST_EXAMPLE.file },
      { name: 'unknown', summary: 'Another name', rest: 'sheep.jpg', status: 404 },
    ],
  },
};

/** `GET /examples/`: a page that shows all of them, each with a link to its query in GraphiQL. */
export const examples: Door = {
  answer: ({ services: { settings } }) =>
    new Response(examplesPage(settings.graphiql ? GRAPHQL_PATH : undefined), {
      headers: { 'content-type': 'text/html; charset=utf-8' },
    }),
};

/** @param graphiql where that is; there are no links without it. */
function examplesPage(graphiql: string | undefined): string {
  const links = graphiql === undefined ? '' : ' Each links to a query in GraphiQL.';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ClipQL: examples</title>
<style>
  body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
  ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 2rem; padding: 0; }
  li { list-style: none; }
  img { width: 100%; height: 12rem; object-fit: cover; }
  code { overflow-wrap: anywhere; }
</style>
<h1>Examples</h1>
<p>Photographs in the public domain.${links}
Labels to try with them: ${EXAMPLE_LABELS.join(', ')}.</p>
<p><small>Digital images courtesy of the Getty’s Open Content Program.</small></p>
<ul>
${EXAMPLES.map((example) => item(example, graphiql)).join('\n')}
</ul>
</html>
`;
}

function item(example: Example, graphiql: string | undefined): string {
  const { file, shows, photographer, year } = example;
  const query = encodeURIComponent(exampleQuery(example));
  const image = `<img src="${file}" alt="${shows}">`;
  const linked =
    graphiql === undefined ? image : `<a href="${graphiql}?query=${query}">${image}</a>`;
  return `  <li>
    ${linked}
    <p>${capitalized(shows)}. ${photographer}, ${year}.<br>
    <code>/examples/${file}</code></p>
  </li>`;
}

const capitalized = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
