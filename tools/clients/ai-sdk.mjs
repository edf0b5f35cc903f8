import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embed, embedMany } from 'ai';
import { SERVER, show, TEXTS } from './questions.mjs';

const provider = createOpenAICompatible({ name: 'clipql', baseURL: `${SERVER}/v1` });
const model = provider.embeddingModel('lite');
const [value] = TEXTS;
const one = await embed({ model, value });
const all = await embedMany({ model, values: TEXTS });
const another = provider.embeddingModel('another');
const failure = await embed({ model: another, value }).catch((error) => error);
show({
  embeddings: [one.embedding, all.embeddings[1]],
  tokens: all.usage.tokens,
  failure: [failure.name, failure.statusCode, failure.isRetryable],
});
