import type { ImageClassification, RankedScore } from '../../../answers/classify.ts';
import { checkTop, textValues } from '../../../limits/answers.ts';
import { bytesOfEach, NO_TEXTS } from '../prices/price.ts';
import { builder } from './builder.ts';
import { ImageFacts } from './image-facts.ts';
import { Model } from './model.ts';
import { Timing } from './timing.ts';

const LabelScore = builder.objectRef<RankedScore>('LabelScore').implement({
  description: 'How well a label fits an image.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its place among the labels asked, from 0.' }),
    label: t.exposeString('label', {
      description: 'The label, as it was given.',
      price: (_args, { within }) => ({ values: 1 + textValues(within.labelBytes ?? 0) }),
    }),
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

export const Classification = builder.objectRef<ImageClassification>('Classification').implement({
  description: 'Which label fits an image.',
  fields: (t) => ({
    label: t.exposeString('label', {
      description: 'The best label, or `rejectLabel` where it was rejected.',
      price: (_args, { within: { labels = NO_TEXTS, rejectLabel = NO_TEXTS } }) => ({
        values: 1 + textValues(Math.max(labels.longest, rejectLabel.longest)),
      }),
    }),
    rejected: t.exposeBoolean('rejected', {
      description: 'Whether even the best label was below `rejectBelow`.',
    }),
    best: t.expose('best', {
      type: LabelScore,
      description: 'The best label and its scores, rejected or not.',
      price: (_args, { within: { labels = NO_TEXTS } }) => ({
        holds: { labelBytes: labels.longest },
      }),
    }),
    scores: t.field({
      type: [LabelScore],
      description: 'Every label, or the `topK` best, best first.',
      args: { topK: t.arg.int({ description: 'How many of the best to give; all unless given.' }) },
      price: ({ topK }, { within: { labels = NO_TEXTS, top = 0 } }) => {
        const length = Math.min(top, checkTop(topK ?? labels.count));
        return { length, holds: { labelBytes: bytesOfEach(labels, length) } };
      },
      resolve: ({ scores }, { topK }) => scores.slice(0, checkTop(topK ?? scores.length)),
    }),
    model: t.expose('model', { type: Model, description: 'The model that was asked.' }),
    image: t.expose('image', { type: ImageFacts, description: 'The image file.' }),
    timing: t.expose('timing', { type: Timing, description: 'How long it took.' }),
    warnings: t.exposeStringList('warnings', {
      description: 'What to know of the answer, such as a label that was too long and was cut.',
      // A label may be cut and repeated. All images share the lines.
      price: (_args, { within: { labels = NO_TEXTS } }) => ({ length: 2 * labels.count }),
    }),
  }),
});
