import { createClient } from 'graphql-sse';
import { FOLLOW, SERVER, TEXTS, tell } from './questions.mjs';

const client = createClient({ url: `${SERVER}/graphql` });
const states = () => client.iterate({ query: FOLLOW, variables: { id: TEXTS[0] } });

for await (const { data } of states()) {
  tell('before the cut', data.job);
  if (data.job.done === 2) break;
}
// It connects again by itself.
for await (const { data } of states()) tell('after it', data.job);
