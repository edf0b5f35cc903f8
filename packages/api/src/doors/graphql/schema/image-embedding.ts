import { chooseModel } from '../../../answers/choose-model.ts';
import { type EmbeddedImage, embedImage } from '../../../answers/embed.ts';
import { builder } from './builder.ts';
import { priceOfEmbedding } from './embedding-price.ts';
import { IMAGE_URL, ImageFacts } from './image-facts.ts';
import { Model, modelArgs } from './model.ts';
import { Timing } from './timing.ts';

const ImageEmbedding = builder.objectRef<EmbeddedImage>('ImageEmbedding').implement({
  description: 'The embedding of an image, in the space it shares with texts.',
  fields: (t) => ({
    values: t.floatList({
      description: 'The values.',
      price: priceOfEmbedding('float'),
      resolve: ({ values }) => [...values],
    }),
    dimensions: t.int({ description: 'Number of values.', resolve: ({ values }) => values.length }),
    normalized: t.exposeBoolean('normalized', { description: 'Whether the vector has length 1.' }),
    model: t.expose('model', { type: Model, description: 'The model used.' }),
    image: t.expose('image', {
      type: ImageFacts,
      description: 'Format and size of the image file.',
    }),
    timing: t.expose('timing', { type: Timing, description: 'Time taken.' }),
  }),
});

builder.queryField('embedImage', (t) =>
  t.field({
    type: ImageEmbedding,
    nullable: true,
    deprecationReason: 'Use `embed`.',
    description:
      'The embedding of an image. If the image fails, this field is null, with an error, and the operation’s other fields are still answered.',
    args: {
      imageUrl: t.arg.string({ required: true, description: IMAGE_URL }),
      normalize: t.arg.boolean({
        defaultValue: true,
        description: 'Normalise to length 1, so that a dot product is a cosine.',
      }),
      ...modelArgs,
    },
    price: { images: 1 },
    resolve: async (_root, { imageUrl, normalize, ...choice }, context) => {
      const { model, loaders } = await chooseModel(context, choice);
      return embedImage(model, loaders, { url: imageUrl }, normalize ?? true);
    },
  }),
);
