import { chooseModel } from '../../../answers/choose-model.ts';
import { type EmbeddedText, embedText } from '../../../answers/embed.ts';
import { countInputs } from '../../../answers/embed-inputs.ts';
import { builder } from './builder.ts';
import { TEXT_LENGTH } from './embedding-input.ts';
import { priceOfEmbedding } from './embedding-price.ts';
import { Model, modelArgs } from './model.ts';

const TextEmbedding = builder.objectRef<EmbeddedText>('TextEmbedding').implement({
  description: 'The embedding of a text, in the space it shares with images.',
  fields: (t) => ({
    values: t.floatList({
      description: 'The values.',
      price: priceOfEmbedding('float'),
      resolve: ({ values }) => [...values],
    }),
    dimensions: t.int({ description: 'Number of values.', resolve: ({ values }) => values.length }),
    normalized: t.exposeBoolean('normalized', { description: 'Whether the vector has length 1.' }),
    tokens: t.exposeInt('tokens', {
      description: 'Number of tokens read, including start and end tokens.',
    }),
    truncated: t.exposeBoolean('truncated', {
      description: "Whether the text exceeded the model's context and was truncated.",
    }),
    model: t.expose('model', { type: Model, description: 'The model used.' }),
  }),
});

builder.queryField('embedText', (t) =>
  t.field({
    type: TextEmbedding,
    nullable: true,
    deprecationReason: 'Use `embed`.',
    description: 'The embedding of a text, used as it is, without a template.',
    args: {
      text: t.arg.string({ required: true, description: `${TEXT_LENGTH}.` }),
      normalize: t.arg.boolean({
        defaultValue: true,
        description: 'Normalise to length 1, so that a dot product is a cosine.',
      }),
      ...modelArgs,
    },
    price: ({ text }, { limits }) => countInputs([{ text }], limits),
    resolve: async (_root, { text, normalize, ...choice }, context) => {
      const { model, loaders } = await chooseModel(context, choice);
      return embedText(model, loaders, text, normalize ?? true);
    },
  }),
);
