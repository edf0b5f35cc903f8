// Asks a ClipQL server with a client whose variables and answers have types.
//
//   pnpm exec node examples/typed-client/typed-client.ts http://localhost:4000/graphql
import { ClientError, GraphQLClient } from 'graphql-request';
import { WhatIsItDocument } from './queries.generated.ts';

const [url = 'http://localhost:4000/graphql'] = process.argv.slice(2);
const images = ['/examples/march-pastoral.jpg', '/examples/nothing.jpg'];

const variables = {
  images: images.map((path) => ({ url: path })),
  labels: ['sheep', 'boat', 'house'],
};
const { classifyMany } = await new GraphQLClient(url)
  .request(WhatIsItDocument, variables)
  .catch((error: Error) => {
    console.error(`expected a ClipQL server at ${url}, got ${reasonOf(error)}`);
    process.exit(1);
  });

for (const [i, outcome] of (classifyMany ?? []).entries()) {
  if (outcome.__typename === 'Classification') {
    const shares = outcome.scores.map(
      ({ label, probability }) => `${label} ${probability?.toFixed(2)}`,
    );
    console.log(`${images[i]}: ${outcome.label} (${shares.join(', ')})`);
  } else {
    console.log(`${images[i]}: ${outcome.code}: ${outcome.message}`);
  }
}

/** What a server said of the whole request, or why there is no answer of one. */
function reasonOf(error: Error): string {
  if (error instanceof ClientError) {
    const { errors, status } = error.response;
    return errors?.[0]?.message ?? `HTTP status ${status}`;
  }
  const { code } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code === 'ECONNREFUSED' ? 'none there: `npm start` starts one' : (code ?? error.message);
}
