import { chooseModel } from '../../../answers/choose-model.ts';
import {
  classifyImage,
  classifyImages,
  type ImageClassification,
  type RankedScore,
} from '../../../answers/classify.ts';
import { InputFailure } from '../../../answers/outcome.ts';
import { ApiError } from '../../../errors/api-error.ts';
import type { GivenImage } from '../../../images/given-image.ts';
import { checkTop } from '../../../limits/limits.ts';
import { builder } from './builder.ts';
import { classifyArgs, questionOf } from './classify-args.ts';
import { IMAGE_URL, ImageFacts } from './image-facts.ts';
import { ImageInput } from './image-input.ts';
import { ImageError } from './input-error.ts';
import { Model } from './model.ts';
import { Timing } from './timing.ts';

const LabelScore = builder.objectRef<RankedScore>('LabelScore').implement({
  description: 'How well a label fits an image.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its place among the labels asked, from 0.' }),
    label: t.exposeString('label', { description: 'The label, as it was given.' }),
    probability: t.exposeFloat('probability', {
      nullable: true,
      description: '0 to 1, by the mode; null in mode COSINE.',
    }),
    cosine: t.exposeFloat('cosine', {
      description: "Cosine of the image's embedding and the label's, −1 to 1.",
    }),
    logit: t.exposeFloat('logit', { description: "The cosine times the model's logit scale." }),
  }),
});

const Classification = builder.objectRef<ImageClassification>('Classification').implement({
  description: 'Which label fits an image.',
  fields: (t) => ({
    label: t.exposeString('label', {
      description: 'The best label, or `rejectLabel` where it was rejected.',
    }),
    rejected: t.exposeBoolean('rejected', {
      description: 'Whether even the best label was below `rejectBelow`.',
    }),
    best: t.expose('best', {
      type: LabelScore,
      description: 'The best label and its scores, rejected or not.',
    }),
    scores: t.field({
      type: [LabelScore],
      description: 'Every label, or the `topK` best, best first.',
      args: { topK: t.arg.int({ description: 'How many of the best to give; all unless given.' }) },
      resolve: ({ scores }, { topK }) => scores.slice(0, checkTop(topK ?? scores.length)),
    }),
    model: t.expose('model', { type: Model, description: 'The model that was asked.' }),
    image: t.expose('image', { type: ImageFacts, description: 'The image file.' }),
    timing: t.expose('timing', { type: Timing, description: 'How long it took.' }),
    warnings: t.exposeStringList('warnings', {
      description: 'What to know of the answer, such as a label that was too long and was cut.',
    }),
  }),
});

const ClassifyOutcome = builder.unionType('ClassifyOutcome', {
  description: 'The answer to one image of several, or why there is none.',
  types: [Classification, ImageError],
  resolveType: (outcome) => (outcome instanceof InputFailure ? ImageError : Classification),
});

builder.queryField('classify', (t) =>
  t.field({
    type: Classification,
    description:
      'Which of the labels fits an image, without training for them. When the image cannot be had, ' +
      'the whole operation has no data, as GraphQL has it for a field that is never null; ' +
      '`classifyMany` gives an error in its place.',
    args: {
      imageUrl: t.arg.string({ description: `Either this or \`image\`. ${IMAGE_URL}` }),
      image: t.arg({ type: ImageInput, description: 'Either this or `imageUrl`.' }),
      ...classifyArgs,
    },
    resolve: async (_root, { imageUrl, image, ...args }, context) => {
      const { model, loaders } = await chooseModel(context, args);
      const source = await loaders.find(oneImage(imageUrl, image));
      return classifyImage(model, loaders, { image: source, ...questionOf(args, context) });
    },
  }),
);

builder.queryField('classifyMany', (t) =>
  t.field({
    type: [ClassifyOutcome],
    description:
      'Asks several images the same, at most 64 in an operation. The answers are in the order of ' +
      'the images; one that cannot be had is an `ImageError`, and the others are answered.',
    args: {
      images: t.arg({
        type: [ImageInput],
        required: true,
        description: 'The images to ask about.',
      }),
      ...classifyArgs,
    },
    resolve: async (_root, { images, ...args }, context) => {
      const session = await chooseModel(context, args);
      return classifyImages(session, images, questionOf(args, context), context.describe);
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
