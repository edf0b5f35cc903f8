import { chooseModel } from '../../../answers/choose-model.ts';
import { type EmbeddedImage, embedImage } from '../../../answers/embed.ts';
import { builder } from './builder.ts';
import { priceOfEmbedding } from './embedding-price.ts';
import { IMAGE_URL, ImageFacts } from './image-facts.ts';
import { Model, modelArgs } from './model.ts';
import { Timing } from './timing.ts';

const ImageEmbedding = builder.objectRef<EmbeddedImage>('ImageEmbedding').implement({
  description: 'Where an image lies in the space that images and texts share.',
  fields: (t) => ({
    values: t.floatList({
      description: 'The embedding.',
      price: priceOfEmbedding('float'),
      resolve: ({ values }) => [...values],
    }),
    dimensions: t.int({ description: 'How many values.', resolve: ({ values }) => values.length }),
    normalized: t.exposeBoolean('normalized', { description: 'Whether its length is 1.' }),
    model: t.expose('model', { type: Model, description: 'The model that made it.' }),
    image: t.expose('image', { type: ImageFacts, description: 'The image file.' }),
    timing: t.expose('timing', { type: Timing, description: 'How long it took.' }),
  }),
});

builder.queryField('embedImage', (t) =>
  t.field({
    type: ImageEmbedding,
    nullable: true,
    description:
      'The embedding of an image. Null, with an error, when the image cannot be had; other fields ' +
      'of the operation are answered all the same.',
    args: {
      imageUrl: t.arg.string({ required: true, description: IMAGE_URL }),
      normalize: t.arg.boolean({
        defaultValue: true,
        description: 'Divide it by its length, so that a dot product is a cosine.',
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
