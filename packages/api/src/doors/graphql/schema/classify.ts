import { classifyImage, classifyImages } from '../../../answers/classify.ts';
import { InputFailure } from '../../../answers/outcome.ts';
import { ApiError } from '../../../errors/api-error.ts';
import { grouped } from '../../../errors/grouped.ts';
import type { GivenImage } from '../../../images/given-image.ts';
import { DEFAULT_LIMITS } from '../../../limits/limits.ts';
import { builder } from './builder.ts';
import { Classification } from './classification.ts';
import { askedOf, classifyArgs } from './classify-args.ts';
import { priceOfQuestion } from './classify-price.ts';
import { IMAGE_URL } from './image-facts.ts';
import { ImageInput } from './image-input.ts';
import { ImageError } from './input-error.ts';

const ClassifyOutcome = builder.unionType('ClassifyOutcome', {
  description: 'The result for one image, or its error.',
  types: [Classification, ImageError],
  resolveType: (outcome) => (outcome instanceof InputFailure ? ImageError : Classification),
});

builder.queryField('classify', (t) =>
  t.field({
    type: Classification,
    nullable: true,
    description:
      'Classifies an image, zero-shot or with a classifier. Null, with an error, if that fails; `classifyMany` returns an error in the image’s place.',
    args: {
      imageUrl: t.arg.string({
        description: `The image’s URL. Give either this or \`image\`. ${IMAGE_URL}`,
      }),
      image: t.arg({ type: ImageInput, description: 'The image. Give either this or `imageUrl`.' }),
      ...classifyArgs,
    },
    price: ({ imageUrl, image, ...args }, scope) => ({
      images: [imageUrl, image].filter((given) => given != null).length,
      ...priceOfQuestion(args, scope),
    }),
    resolve: async (_root, { imageUrl, image, ...args }, context) => {
      const { question, session } = await askedOf(args, context);
      const { model, loaders } = session;
      const source = await loaders.find(oneImage(imageUrl, image));
      return classifyImage(model, loaders, { image: source, ...question });
    },
  }),
);

builder.queryField('classifyMany', (t) =>
  t.field({
    type: [ClassifyOutcome],
    nullable: true,
    description:
      `Classifies several images with the same labels, at most ${grouped(DEFAULT_LIMITS.maxImages)} per operation by default. Results are in the ` +
      'order of the images. An image that fails gets an `ImageError`, and the others are still answered.',
    args: {
      images: t.arg({
        type: [ImageInput],
        required: true,
        description: 'The images to classify.',
      }),
      ...classifyArgs,
    },
    price: ({ images, ...args }, scope) => ({
      images: images.length,
      length: images.length,
      ...priceOfQuestion(args, scope),
    }),
    resolve: async (_root, { images, ...args }, context) => {
      const { question, session } = await askedOf(args, context);
      return classifyImages(session, images, question, context.describe);
    },
  }),
);

function oneImage(url: string | null | undefined, image: GivenImage | null | undefined) {
  if ((url == null) === (image == null)) {
    const got = url == null ? 'neither' : 'both';
    throw new ApiError('BAD_INPUT', `expected either imageUrl or image, got ${got}`);
  }
  return image ?? { url };
}
