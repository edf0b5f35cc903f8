import { chooseModel } from '../../../answers/choose-model.ts';
import { type EmbeddedText, embedText } from '../../../answers/embed.ts';
import { countInputs } from '../../../answers/embed-inputs.ts';
import { builder } from './builder.ts';
import { TEXT_LENGTH } from './embedding-input.ts';
import { priceOfEmbedding } from './embedding-price.ts';
import { Model, modelArgs } from './model.ts';

const TextEmbedding = builder.objectRef<EmbeddedText>('TextEmbedding').implement({
  description: 'Where a text lies in the space that images and texts share.',
  fields: (t) => ({
    values: t.floatList({
      description: 'The embedding.',
      price: priceOfEmbedding('float'),
      resolve: ({ values }) => [...values],
    }),
    dimensions: t.int({ description: 'How many values.', resolve: ({ values }) => values.length }),
    normalized: t.exposeBoolean('normalized', { description: 'Whether its length is 1.' }),
    tokens: t.exposeInt('tokens', {
      description: 'Tokens that the model read, start and end tokens included.',
    }),
    truncated: t.exposeBoolean('truncated', {
      description: "Whether the text was longer than the model's context, and was cut.",
    }),
    model: t.expose('model', { type: Model, description: 'The model that made it.' }),
  }),
});

builder.queryField('embedText', (t) =>
  t.field({
    type: TextEmbedding,
    nullable: true,
    description: 'The embedding of a text, as it is: without a template.',
    args: {
      text: t.arg.string({ required: true, description: `${TEXT_LENGTH}.` }),
      normalize: t.arg.boolean({
        defaultValue: true,
        description: 'Divide it by its length, so that a dot product is a cosine.',
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
