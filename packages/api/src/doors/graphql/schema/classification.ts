import type { ImageClassification, RankedScore } from '../../../answers/classify.ts';
import { checkTop, textValues } from '../../../limits/answers.ts';
import { bytesOfEach, NO_TEXTS } from '../prices/price.ts';
import { builder } from './builder.ts';
import { ImageFacts } from './image-facts.ts';
import { Model } from './model.ts';
import { Timing } from './timing.ts';

const LabelScore = builder.objectRef<RankedScore>('LabelScore').implement({
  description: 'How well one label fits an image.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Index of the label in the request, from 0.' }),
    label: t.exposeString('label', {
      description: 'The label, as given.',
      price: (_args, { within }) => ({ values: 1 + textValues(within.labelBytes ?? 0) }),
    }),
    probability: t.exposeFloat('probability', {
      nullable: true,
      description: 'Probability, 0 to 1; null in mode COSINE.',
    }),
    cosine: t.exposeFloat('cosine', {
      description:
        'Cosine similarity of image and label, −1 to 1; of a classifier’s class without texts, of image and the mean of its pictures.',
    }),
    logit: t.exposeFloat('logit', {
      description:
        "Cosine similarity times the model's logit scale; of a classifier, what it has learned.",
    }),
  }),
});

export const Classification = builder.objectRef<ImageClassification>('Classification').implement({
  description: 'The result of classifying one image.',
  fields: (t) => ({
    label: t.exposeString('label', {
      description: 'The best label, or `rejectLabel` if it was rejected.',
      price: (_args, { within: { labels = NO_TEXTS, rejectLabel = NO_TEXTS } }) => ({
        values: 1 + textValues(Math.max(labels.longest, rejectLabel.longest)),
      }),
    }),
    rejected: t.exposeBoolean('rejected', {
      description: 'Whether the best label scored below `rejectBelow`.',
    }),
    best: t.expose('best', {
      type: LabelScore,
      description: 'The best label and its scores, even if rejected.',
      price: (_args, { within: { labels = NO_TEXTS } }) => ({
        holds: { labelBytes: labels.longest },
      }),
    }),
    scores: t.field({
      type: [LabelScore],
      description: 'The labels, best first: all of them, or the `topK` best.',
      args: { topK: t.arg.int({ description: 'Return only the best K. Default: all.' }) },
      price: ({ topK }, { within: { labels = NO_TEXTS, top = 0 } }) => {
        const length = Math.min(top, checkTop(topK ?? labels.count));
        return { length, holds: { labelBytes: bytesOfEach(labels, length) } };
      },
      resolve: ({ scores }, { topK }) => scores.slice(0, checkTop(topK ?? scores.length)),
    }),
    calibrated: t.boolean({
      description:
        'Whether the probabilities are calibrated on the pictures that a classifier has learned from.',
      resolve: ({ temperature }) => temperature !== undefined,
    }),
    temperature: t.exposeFloat('temperature', {
      nullable: true,
      description: 'What the logits were divided by to calibrate the probabilities.',
    }),
    model: t.expose('model', { type: Model, description: 'The model used.' }),
    image: t.expose('image', {
      type: ImageFacts,
      description: 'Format and size of the image file.',
    }),
    timing: t.expose('timing', { type: Timing, description: 'Time taken.' }),
    warnings: t.exposeStringList('warnings', {
      description: 'Warnings, such as a label that was truncated.',
      // A label may be cut and repeated. All images share the lines.
      price: (_args, { within: { labels = NO_TEXTS } }) => ({ length: 2 * labels.count }),
    }),
  }),
});
