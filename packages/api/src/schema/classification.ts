import type { LabelScore as Score } from '@clipql/core';
import { builder } from '../builder.ts';
import { classifyImage, type ImageClassification } from '../classify-image.ts';
import { checkTop } from '../limits.ts';
import { IMAGE_URL, ImageFacts } from './image-facts.ts';
import { MODEL, Model } from './model.ts';
import { Timing } from './timing.ts';

const ClassifyMode = builder.enumType('ClassifyMode', {
  description: 'How cosines become probabilities.',
  values: {
    SOFTMAX: {
      value: 'softmax',
      description: 'The labels share a probability of 1: which of them fits best.',
    },
    SIGMOID: {
      value: 'sigmoid',
      description:
        'Each label for itself. Of use with models trained with a sigmoid loss; with others it tends to 1.',
    },
    COSINE: { value: 'cosine', description: 'No probabilities.' },
  } as const,
});

const LabelScore = builder.objectRef<Score>('LabelScore').implement({
  description: 'How well a label fits an image.',
  fields: (t) => ({
    label: t.exposeString('label', { description: 'As it was given.' }),
    probability: t.exposeFloat('probability', {
      nullable: true,
      description: '0 to 1, by the mode; null in mode COSINE.',
    }),
    cosine: t.exposeFloat('cosine', {
      description: "Of the image's embedding and the label's, −1 to 1.",
    }),
    logit: t.exposeFloat('logit', { description: "The cosine times the model's logit scale." }),
  }),
});

const Classification = builder.objectRef<ImageClassification>('Classification').implement({
  description: 'Which label fits an image.',
  fields: (t) => ({
    label: t.string({ description: 'The best label.', resolve: ({ best }) => best.label }),
    best: t.expose('best', { type: LabelScore, description: 'The best label and its scores.' }),
    scores: t.field({
      type: [LabelScore],
      description: 'Every label, best first.',
      args: { topK: t.arg.int({ description: 'Only so many of the best.' }) },
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

builder.queryField('classify', (t) =>
  t.field({
    type: Classification,
    description:
      'Which of the labels fits an image, without training for them. When the image cannot be had, ' +
      'the whole operation has no data, as GraphQL has it for a field that is never null.',
    args: {
      imageUrl: t.arg.string({ required: true, description: IMAGE_URL }),
      labels: t.arg.stringList({
        required: true,
        description: 'What the image may show, 1 to 1,000 labels such as `dog`.',
      }),
      templates: t.arg.stringList({
        description:
          'Sentences with `{}` for the label; a label’s embedding is the mean over them. ' +
          '`a photo of a {}.` unless given.',
      }),
      mode: t.arg({
        type: ClassifyMode,
        defaultValue: 'softmax',
        description: 'How cosines become probabilities.',
      }),
      model: t.arg.string({ description: MODEL }),
    },
    resolve: async (_root, { imageUrl, labels, templates, mode, model: name }, { use }) => {
      const { model, loaders } = await use(name);
      return classifyImage(model, loaders, {
        image: { url: imageUrl },
        labels,
        templates: templates ?? undefined,
        mode: mode ?? 'softmax',
      });
    },
  }),
);
