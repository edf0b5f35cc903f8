import { PICTURE_SIDES, PICTURE_WEIGHTS } from '@clipql/core';
import { startPicture } from '../../../../answers/start-picture.ts';
import { ApiError } from '../../../../errors/api-error.ts';
import {
  MAX_OPEN_PICTURES,
  MAX_PICTURE_MODELS,
  MAX_PICTURE_PROMPTS,
  MAX_PICTURE_SIDE,
  MAX_PICTURE_TEXT,
  MAX_PICTURE_WEIGHT,
  MAX_PICTURES,
} from '../../../../limits/pictures.ts';
import { builder } from '../builder.ts';
import { changeBy } from '../change.ts';
import { ImageInput } from '../image-input.ts';
import { PictureQuality } from './picture.ts';
import { PicturePayload } from './picture-changes.ts';

const PicturePromptInput = builder.inputType('PicturePromptInput', {
  description: 'A text that a picture should come closer to, or stay away from.',
  fields: (t) => ({
    text: t.string({
      required: true,
      description: `At most ${MAX_PICTURE_TEXT} characters. Without a weight, one that ends in "in the style of …" counts as two, what and how.`,
    }),
    weight: t.float({
      description: `How strongly it counts: ${PICTURE_WEIGHTS.least} to ${MAX_PICTURE_WEIGHT}. Default: 1, or 0.5 to stay away.`,
    }),
  }),
});

const StartPictureInput = builder.inputType('StartPictureInput', {
  description: 'A picture to draw.',
  fields: (t) => ({
    prompts: t.field({
      type: [PicturePromptInput],
      required: true,
      description: `What to draw, in one picture: at most ${MAX_PICTURE_PROMPTS} with the negative ones.`,
    }),
    negativePrompts: t.field({
      type: [PicturePromptInput],
      description: 'What to stay away from.',
    }),
    quality: t.field({
      type: PictureQuality,
      defaultValue: 'STANDARD',
      description: 'How much work goes into it.',
    }),
    size: t.int({
      defaultValue: PICTURE_SIDES.standard,
      description: `Pixels a side, ${PICTURE_SIDES.least} to ${MAX_PICTURE_SIDE}.`,
    }),
    seed: t.int({
      defaultValue: 0,
      description: 'At least 0. Another seed gives another picture of the same.',
    }),
    models: t.stringList({
      description: `Names of served models, at most ${MAX_PICTURE_MODELS}, which take turns. Default: the first one.`,
    }),
    startImage: t.field({
      type: ImageInput,
      description: 'What to begin with, of which the largest square in the middle is taken.',
    }),
    keep: t.float({
      description:
        'How firmly the start image is kept: 0 lets go of it, 1 changes nothing. Default: 0.5.',
    }),
  }),
});

builder.mutationField('startPicture', (t) =>
  t.field({
    type: PicturePayload,
    nullable: true,
    description: `Starts a picture. It is drawn by following a model’s gradient on the CPU, one at a time and after all other work. What comes out can be recognised if the model knows the subject, and is never like a photograph. A caller may have at most ${MAX_PICTURES}, at most ${MAX_OPEN_PICTURES} of them unfinished. Needs \`--pictures on\`.`,
    args: {
      input: t.arg({ type: StartPictureInput, required: true, description: 'What to draw.' }),
    },
    price: ({ input: { prompts, negativePrompts, startImage } }) => {
      const texts = [...prompts, ...(negativePrompts ?? [])].map(({ text }) => text);
      return {
        prompts: texts.length,
        characters: texts.reduce((sum, text) => sum + text.length, 0),
        images: startImage ? 1 : 0,
      };
    },
    resolve: (_root, { input }, context) =>
      changeBy(context, async () => {
        const { startImage, keep } = input;
        if (keep != null && startImage == null) {
          throw new ApiError('BAD_INPUT', 'expected startImage with keep, got none');
        }
        return startPicture(context, {
          prompts: input.prompts.map(prompt),
          negativePrompts: (input.negativePrompts ?? []).map(prompt),
          quality: input.quality ?? 'STANDARD',
          size: input.size ?? PICTURE_SIDES.standard,
          seed: input.seed ?? 0,
          models: input.models ?? [],
          start: startImage ? { image: startImage, keep: keep ?? undefined } : undefined,
        });
      }),
  }),
);

const prompt = ({ text, weight }: typeof PicturePromptInput.$inferInput) => ({
  text,
  weight: weight ?? undefined,
});
