import { OpenAIEmbeddings } from '@langchain/openai';
import { SERVER, show, TEXTS } from './questions.mjs';

const embeddings = new OpenAIEmbeddings({
  model: 'lite',
  apiKey: 'none',
  configuration: { baseURL: `${SERVER}/v1` },
});
/** It sends 512 at a time. */
const many = await embeddings.embedDocuments(Array.from({ length: 600 }, (_, i) => `${i % 3}`));
const failure = await new OpenAIEmbeddings({
  model: 'another',
  apiKey: 'none',
  configuration: { baseURL: `${SERVER}/v1` },
})
  .embedQuery('a')
  .catch((error) => error);
show({
  embeddings: [
    await embeddings.embedQuery(TEXTS[0]),
    ...(await embeddings.embedDocuments(TEXTS)).slice(1),
  ],
  many: many.length,
  failure: failure.lc_error_code,
});
