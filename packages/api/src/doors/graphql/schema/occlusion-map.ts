import type { PictureRegion } from '@clipql/core';
import { type OcclusionMap as Answer, occlusionMap } from '../../../answers/occlusion-map.ts';
import { OCCLUSION_GRID, OCCLUSION_IMAGES } from '../../../inference/occlusion.ts';
import { textValues } from '../../../limits/answers.ts';
import { NO_TEXTS } from '../prices/price.ts';
import { builder } from './builder.ts';
import { askedOf, questionArgs } from './classify-args.ts';
import { priceOfQuestion } from './classify-price.ts';
import { ImageFacts } from './image-facts.ts';
import { ImageInput } from './image-input.ts';
import { Model } from './model.ts';

const Region = builder.objectRef<PictureRegion>('PictureRegion').implement({
  description:
    'A part of a picture, in shares of its sides. It reaches beyond the picture where a model pads it.',
  fields: (t) => ({
    left: t.exposeFloat('left', { description: 'From the picture’s left side.' }),
    top: t.exposeFloat('top', { description: 'From its top.' }),
    width: t.exposeFloat('width', { description: 'Of the picture’s width.' }),
    height: t.exposeFloat('height', { description: 'Of its height.' }),
  }),
});

const OcclusionMap = builder.objectRef<Answer>('OcclusionMap').implement({
  description:
    'Where in a picture a label was found: what becomes of it when each part of the picture is hidden in turn.',
  fields: (t) => ({
    label: t.exposeString('label', {
      description: 'The label.',
      price: (_args, { within: { labels = NO_TEXTS } }) => ({
        values: 1 + textValues(labels.longest),
      }),
    }),
    probability: t.exposeFloat('probability', {
      nullable: true,
      description: 'Its probability in the whole picture.',
    }),
    columns: t.int({ description: 'Parts in a row.', resolve: () => OCCLUSION_GRID }),
    rows: t.int({ description: 'Rows.', resolve: () => OCCLUSION_GRID }),
    evidence: t.exposeFloatList('evidence', {
      description:
        'For each part, row by row from the top left, by how much the label’s log-odds fall when it is hidden: above 0 it speaks for the label, below 0 for the others.',
      price: { length: OCCLUSION_GRID ** 2 },
    }),
    region: t.expose('region', {
      type: Region,
      description: 'What the grid covers: the part of the picture that the model sees.',
    }),
    model: t.expose('model', { type: Model, description: 'The model used.' }),
    image: t.expose('image', {
      type: ImageFacts,
      description: 'Format and size of the image file.',
    }),
    total: t.exposeFloat('total', { description: 'Milliseconds that it took.' }),
    warnings: t.exposeStringList('warnings', {
      description: 'Warnings, such as a label that was truncated.',
      price: (_args, { within: { labels = NO_TEXTS } }) => ({ length: 2 * labels.count }),
    }),
  }),
});

builder.queryField('occlusionMap', (t) =>
  t.field({
    type: OcclusionMap,
    nullable: true,
    description: `Says where in an image a label was found. It counts as ${OCCLUSION_IMAGES} images. Null, with an error, if it fails.`,
    args: {
      image: t.arg({ type: ImageInput, required: true, description: 'The image.' }),
      label: t.arg.string({ required: true, description: 'Which of the labels to look for.' }),
      ...questionArgs,
    },
    price: ({ image: _image, label: _label, ...args }, scope) => ({
      ...priceOfQuestion(args, scope),
      images: OCCLUSION_IMAGES,
    }),
    resolve: async (_root, { image, label, ...args }, context) => {
      const { session, question } = await askedOf(args, context);
      return occlusionMap(session, await session.loaders.find(image), label, question);
    },
  }),
);
