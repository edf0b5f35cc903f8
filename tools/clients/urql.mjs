import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { CLASSIFY, CREATE, NOTHING, SERVER, SHEEP, show } from './questions.mjs';

const methods = [];
const { fetch } = globalThis;
globalThis.fetch = (url, init) => {
  methods.push(init.method);
  return fetch(url, init);
};

const client = new Client({
  url: `${SERVER}/graphql`,
  exchanges: [cacheExchange, fetchExchange],
});
const { data } = await client.query(CLASSIFY, SHEEP);
const failed = await client.query(CLASSIFY, NOTHING);
const input = { name: 'urql', labels: SHEEP.labels };
const created = await client.mutation(CREATE, { input });
show({
  methods,
  label: data.classify.label,
  code: failed.error.graphQLErrors[0].extensions.code,
  labelSet: created.data.createLabelSet.labelSet.name,
});
