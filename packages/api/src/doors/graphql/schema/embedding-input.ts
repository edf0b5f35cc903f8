import { grouped } from '../../../errors/grouped.ts';
import { DEFAULT_LIMITS } from '../../../limits/limits.ts';
import { builder } from './builder.ts';
import { ImageInput } from './image-input.ts';

/** `At most 8,192 characters by default` */
export const TEXT_LENGTH = `At most ${grouped(DEFAULT_LIMITS.maxTextLength)} characters by default`;

export const EmbeddingInput = builder.inputType('EmbeddingInput', {
  isOneOf: true,
  description: 'An image or a text.',
  fields: (t) => ({
    text: t.string({
      description: `A text, used as it is, without a template. ${TEXT_LENGTH}.`,
    }),
    image: t.field({ type: ImageInput, description: 'An image.' }),
  }),
});
