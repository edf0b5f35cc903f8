import { createHash } from 'node:crypto';
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { CLASSIFY, CREATE, MODELS, NOTHING, SERVER, SHEEP, show } from './questions.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const uri = `${SERVER}/graphql`;

/** Of each request: how many operations it brought, and how many of them came by their hash alone. */
const requests = [];
const { fetch } = globalThis;
globalThis.fetch = (url, init) => {
  const operations = [JSON.parse(init.body)].flat();
  const byHash = operations.filter(({ query }) => query === undefined);
  requests.push([operations.length, byHash.length]);
  return fetch(url, init);
};

async function answersBy(link, name) {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new PersistedQueryLink({ sha256 }).concat(link),
  });
  // So that the server has not seen them.
  const classify = gql(CLASSIFY.replace('Classify', `Classify${name}`));
  const models = gql(`query Models${name} ${MODELS}`);
  const askBoth = () =>
    Promise.all([
      client.query({ query: classify, variables: SHEEP, fetchPolicy: 'network-only' }),
      client.query({ query: models, fetchPolicy: 'network-only' }),
    ]);
  requests.length = 0;
  const asked = [await askBoth(), await askBoth()];
  const sent = [...requests];
  const failure = await client.query({ query: classify, variables: NOTHING }).catch((e) => e);
  const input = { name: name.toLowerCase(), labels: SHEEP.labels };
  const created = await client.mutate({ mutation: gql(CREATE), variables: { input } });
  return {
    answers: asked.map(([one, other]) => [one.data.classify.label, other.data.models.length]),
    requests: sent,
    code: CombinedGraphQLErrors.is(failure) && failure.errors[0].extensions.code,
    labelSet: created.data.createLabelSet.labelSet.name,
  };
}

show({
  batched: await answersBy(new BatchHttpLink({ uri }), 'Batched'),
  single: await answersBy(new HttpLink({ uri }), 'Single'),
});
