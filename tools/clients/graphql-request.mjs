import { GraphQLClient } from 'graphql-request';
import { CLASSIFY, CREATE, MODELS, NOTHING, SERVER, SHEEP, show } from './questions.mjs';

const client = new GraphQLClient(`${SERVER}/graphql`);
const { classify } = await client.request(CLASSIFY, SHEEP);
const batch = await client.batchRequests([
  { document: CLASSIFY, variables: SHEEP },
  { document: MODELS },
]);
const failure = await client.request(CLASSIFY, NOTHING).catch((error) => error);
const input = { name: 'graphql-request', labels: SHEEP.labels };
const created = await client.request(CREATE, { input });
show({
  label: classify.label,
  batch: [batch[0].data.classify.label, batch[1].data.models.length],
  code: failure.response.errors[0].extensions.code,
  labelSet: created.createLabelSet.labelSet.name,
});
