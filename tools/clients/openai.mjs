import OpenAI from 'openai';
import { SERVER, show, TEXTS } from './questions.mjs';

const client = new OpenAI({ baseURL: `${SERVER}/v1`, apiKey: 'none' });
const { data: models } = await client.models.list();
const [{ id: model }] = models;
const { data, usage } = await client.embeddings.create({ model, input: TEXTS });
const failure = await client.models.retrieve('another').catch((error) => error);
show({
  embeddings: data.map(({ embedding }) => embedding),
  tokens: usage.total_tokens,
  models,
  retrieved: await client.models.retrieve(model),
  failure: [failure.constructor.name, failure.code, typeof failure.requestID],
});
