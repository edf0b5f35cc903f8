// Asks a ClipQL server with a client whose variables and answers have types.
//
//   node typed-client.ts http://localhost:4000/graphql
import { GraphQLClient } from 'graphql-request';
import { WhatIsItDocument } from './queries.generated.ts';

const [url = 'http://localhost:4000/graphql'] = process.argv.slice(2);
const images = ['/examples/march-pastoral.jpg', '/examples/nothing.jpg'];

const { classifyMany } = await new GraphQLClient(url).request(WhatIsItDocument, {
  images: images.map((path) => ({ url: path })),
  labels: ['sheep', 'boat', 'house'],
});

for (const [i, outcome] of classifyMany.entries()) {
  if (outcome.__typename === 'Classification') {
    const shares = outcome.scores.map(
      ({ label, probability }) => `${label} ${probability?.toFixed(2)}`,
    );
    console.log(`${images[i]}: ${outcome.label} (${shares.join(', ')})`);
  } else {
    console.log(`${images[i]}: ${outcome.code}: ${outcome.message}`);
  }
}
