import { builder } from './builder.ts';
import { ImageInput } from './image-input.ts';

export const EmbeddingInput = builder.inputType('EmbeddingInput', {
  isOneOf: true,
  description: 'What has a place in the space that images and texts share: one of either.',
  fields: (t) => ({
    text: t.string({
      description: 'Taken as it is, without a template. At most 8,192 characters.',
    }),
    image: t.field({ type: ImageInput, description: 'An image.' }),
  }),
});
