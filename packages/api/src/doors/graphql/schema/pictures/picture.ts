import { PICTURE_QUALITIES, PICTURE_STEPS, type PictureQuality as Quality } from '@clipql/core';
import { type PublicError, shownToClients } from '../../../../errors/public-error.ts';
import { textValues } from '../../../../limits/answers.ts';
import {
  MAX_PICTURE_MODELS,
  MAX_PICTURE_PROMPTS,
  MAX_PICTURE_TEXT,
} from '../../../../limits/pictures.ts';
import type { Picture as Kept } from '../../../../pictures/picture.ts';
import { builder } from '../builder.ts';
import { JobState } from '../collections/job.ts';
import { PAGE_ARGS, pageSize } from '../collections/page.ts';
import '../date-time.ts';
import { UserError } from '../error.ts';
import { longTexts } from '../label-set-price.ts';
import { pictureId } from './picture-id.ts';

type Prompt = Kept['settings']['prompts'][number];

const USUAL: Readonly<Record<Quality, string>> = {
  DRAFT: 'To see what a prompt gives',
  STANDARD: 'The default',
  FINE: 'For a picture to keep',
};

export const PictureQuality = builder.enumType('PictureQuality', {
  description: 'How much work goes into a picture.',
  values: Object.fromEntries(
    PICTURE_QUALITIES.map((name) => [
      name,
      { value: name, description: `${USUAL[name]}: ${PICTURE_STEPS[name]} steps.` },
    ]),
  ) as Record<Quality, { value: Quality; description: string }>,
});

/** A prompt with a style is two. */
const MOST_PROMPTS = { length: 2 * MAX_PICTURE_PROMPTS };

const PicturePrompt = builder.objectRef<Prompt>('PicturePrompt').implement({
  description: 'A text that a picture comes closer to, or moves away from.',
  fields: (t) => ({
    text: t.exposeString('text', {
      description: 'The text.',
      price: { values: 1 + textValues(longTexts(1, MAX_PICTURE_TEXT).bytes) },
    }),
    weight: t.float({
      description: 'How strongly it counts.',
      resolve: ({ weight }) => Math.abs(weight),
    }),
  }),
});

export const Picture = builder.objectRef<Kept>('Picture');

builder.node(Picture, {
  description:
    'A picture that a model draws from words, on the disk and going on after a restart. It can be unlike what was asked for: published CLIP models are known to give nudity for innocent words.',
  id: { resolve: ({ id }) => id },
  loadOne: (id, { pictures, owner }) => {
    try {
      return pictures.get(owner, id);
    } catch {
      return null;
    }
  },
  fields: (t) => ({
    createdAt: t.field({
      type: 'DateTime',
      description: 'Time of creation.',
      resolve: ({ createdAt }) => createdAt.toISOString(),
    }),
    state: t.expose('state', { type: JobState, description: 'How far it is.' }),
    prompts: t.field({
      type: [PicturePrompt],
      description: 'What is drawn; a prompt that names a style counts as two, what and how.',
      price: MOST_PROMPTS,
      resolve: ({ settings }) => settings.prompts.filter(({ weight }) => weight > 0),
    }),
    negativePrompts: t.field({
      type: [PicturePrompt],
      description: 'What it stays away from.',
      price: MOST_PROMPTS,
      resolve: ({ settings }) => settings.prompts.filter(({ weight }) => weight < 0),
    }),
    quality: t.field({
      type: PictureQuality,
      description: 'How much work goes into it.',
      resolve: ({ settings }) => settings.quality,
    }),
    size: t.int({ description: 'Pixels a side.', resolve: ({ settings }) => settings.size }),
    seed: t.int({
      description: 'Another seed gives another picture of the same.',
      resolve: ({ settings }) => settings.seed,
    }),
    models: t.stringList({
      description: 'Names of the models, which take turns.',
      price: { length: MAX_PICTURE_MODELS },
      resolve: ({ models }) => [...models],
    }),
    steps: t.exposeInt('steps', { description: 'Steps in all.' }),
    stepsDone: t.int({
      description: 'Steps taken.',
      resolve: ({ progress }) => progress.step,
    }),
    loss: t.float({
      nullable: true,
      description: 'Loss at the last step; null before the first.',
      resolve: ({ progress }) => progress.loss,
    }),
    score: t.float({
      nullable: true,
      description:
        'Mean cosine of its prompts with views of it that no step has seen, when it was last judged.',
      resolve: ({ progress }) => progress.score,
    }),
    secondsLeft: t.exposeFloat('secondsLeft', {
      nullable: true,
      description: 'Seconds until its end, at this rate; null unless it is drawn now.',
    }),
    imageUrl: t.string({
      nullable: true,
      description:
        'Path of the newest image on this server, a PNG; null before the first. When it is DONE, the file says how it was made.',
      resolve: ({ id, imageStep }) =>
        imageStep === undefined ? null : `/pictures/${id}.png?step=${imageStep}`,
    }),
    error: t.field({
      type: UserError,
      nullable: true,
      description: 'Why it is FAILED.',
      resolve: ({ error }): PublicError | undefined => error && shownToClients(error),
    }),
  }),
});

builder.queryField('pictures', (t) =>
  t.field({
    type: [Picture],
    nullable: true,
    description: 'Your pictures, the newest first.',
    args: {
      first: PAGE_ARGS.first,
      before: t.arg.id({
        description: 'Go on before this picture: the last one of the page before.',
      }),
    },
    price: ({ first }) => ({ length: pageSize(first) }),
    resolve: (_root, { first, before }, { pictures, owner }) => [
      ...pictures.list(owner, {
        first: pageSize(first),
        ...(before != null && { before: pictureId(String(before)) }),
      }),
    ],
  }),
);

builder.queryField('picture', (t) =>
  t.field({
    type: Picture,
    nullable: true,
    description: 'One of your pictures.',
    args: { id: t.arg.id({ required: true, description: 'Its `id`.' }) },
    price: {},
    resolve: (_root, { id }, { pictures, owner }) => pictures.get(owner, pictureId(String(id))),
  }),
);

builder.subscriptionField('picture', (t) =>
  t.field({
    type: Picture,
    nullable: true,
    description:
      'The states of a picture, the present one first and at most one a second, until it is over. To resume, subscribe again.',
    args: { id: t.arg.id({ required: true, description: 'Its `id`.' }) },
    price: {},
    subscribe: async (_root, { id }, { pictures, owner }) =>
      pictures.watch(owner, pictureId(String(id))),
    resolve: (picture) => picture,
  }),
);
