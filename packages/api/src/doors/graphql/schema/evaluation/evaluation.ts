import { CANDIDATE_TEMPLATES } from '../../../../answers/evaluate/candidate-templates.ts';
import type { CollectionEvaluation } from '../../../../answers/evaluate/evaluate-collection.ts';
import type {
  GroupAccuracy as Accurate,
  Breakdown as BrokenDown,
  TemplateComparison as Compared,
  GroupFigures as Group,
  FewShot as Learned,
  ShotLevel as Level,
  Trial,
} from '../../../../answers/evaluate/evaluation.ts';
import { textValues } from '../../../../limits/answers.ts';
import {
  MAX_BREAKDOWNS,
  MAX_CLASS_CHARACTERS,
  MAX_GROUPS,
  MAX_LISTED,
  MAX_SHOT_LEVELS,
} from '../../../../limits/evaluation.ts';
import { builder } from '../builder.ts';
import { priceOfLines, priceOfTexts } from '../text-price.ts';
import { Assessment, type Of, partOf } from './assessment.ts';
import { Estimate } from './estimate.ts';

const ShotLevel = builder.objectRef<Level>('ShotLevel').implement({
  description: 'What learning from some pictures of each class brings.',
  fields: (t) => ({
    shots: t.exposeInt('shots', {
      description: 'Pictures of each class that were learned from; a class with fewer gave all.',
    }),
    accuracy: t.expose('accuracy', { type: Estimate, description: 'How often it is right.' }),
    balancedAccuracy: t.expose('balancedAccuracy', {
      type: Estimate,
      description: 'Mean recall of the classes.',
    }),
  }),
});

const FewShot = builder.objectRef<Of<Learned>>('FewShot').implement({
  description:
    'What a few pictures of each class bring. No picture is judged by what has learned from it.',
  fields: (t) => ({
    folds: t.int({
      description: 'Folds of cross-validation; as many as pictures for leave-one-out.',
      resolve: ({ part }) => part.folds,
    }),
    levels: t.field({
      type: [ShotLevel],
      description: 'By pictures of each class, ascending.',
      price: { length: MAX_SHOT_LEVELS },
      resolve: ({ part }) => [...part.levels],
    }),
    assessment: t.field({
      type: Assessment,
      description: 'All figures of the last level.',
      resolve: (of) => partOf(of, of.part.assessment),
    }),
  }),
});

const TemplateTrial = builder
  .objectRef<Trial & { readonly name: string | null }>('TemplateTrial')
  .implement({
    description: 'How a template does next to those that were asked for.',
    fields: (t) => ({
      template: t.string({
        nullable: true,
        description: 'The template; null for all of them together.',
        resolve: ({ name }) => name,
      }),
      accuracy: t.expose('accuracy', { type: Estimate, description: 'How often it is right.' }),
      gained: t.exposeInt('gained', {
        description: 'Pictures that it gets right, and the templates asked for get wrong.',
      }),
      lost: t.exposeInt('lost', { description: 'The other way round.' }),
    }),
  });

const TemplateComparison = builder.objectRef<Of<Compared>>('TemplateComparison').implement({
  description:
    'Which templates would help. The best of many looks better on these pictures than it will be on others.',
  fields: (t) => ({
    images: t.int({
      description: 'Pictures that they were tried on.',
      resolve: ({ part }) => part.images,
    }),
    own: t.field({
      type: Estimate,
      description: 'Accuracy of the templates asked for.',
      resolve: ({ part }) => part.own,
    }),
    candidates: t.field({
      type: [TemplateTrial],
      description: 'Templates that were tried, the best first.',
      price: { length: CANDIDATE_TEMPLATES.length },
      resolve: ({ part, evaluation }) =>
        part.candidates
          .map((trial) => ({ ...trial, name: evaluation.candidates[trial.template]! }))
          .sort((a, b) => b.accuracy.value - a.accuracy.value),
    }),
    ensemble: t.field({
      type: TemplateTrial,
      description: 'All of them together.',
      resolve: ({ part }) => ({ ...part.ensemble, name: null }),
    }),
    chosenByFolds: t.field({
      type: Estimate,
      nullable: true,
      description:
        'What choosing the best is worth: chosen on some folds, judged on the other. Null for a single picture.',
      resolve: ({ part }) => part.chosenByFolds,
    }),
  }),
});

const GroupAccuracy = builder.objectRef<Accurate>('GroupAccuracy').implement({
  description: 'How often answers about a group of pictures are right.',
  fields: (t) => ({
    accuracy: t.expose('accuracy', { type: Estimate, description: 'Of all its pictures.' }),
    balancedAccuracy: t.expose('balancedAccuracy', {
      type: Estimate,
      description: 'Mean recall of the classes that it has pictures of.',
    }),
  }),
});

const EvaluatedGroup = builder.objectRef<Group>('EvaluatedGroup').implement({
  description: 'Pictures that have the same value in a column.',
  fields: (t) => ({
    value: t.string({
      nullable: true,
      description: 'The value; null for pictures without one.',
      price: { values: 1 + textValues(MAX_CLASS_CHARACTERS) },
      resolve: ({ value }) => value,
    }),
    images: t.exposeInt('images', { description: 'How many pictures.' }),
    zeroShot: t.expose('zeroShot', { type: GroupAccuracy, description: 'By labels alone.' }),
    fewShot: t.expose('fewShot', {
      type: GroupAccuracy,
      nullable: true,
      description: 'With a few pictures of each class; null if there is no `fewShot`.',
    }),
  }),
});

const Breakdown = builder.objectRef<BrokenDown>('Breakdown').implement({
  description: 'Figures of each group of pictures.',
  fields: (t) => ({
    column: t.exposeString('column', { description: 'The metadata field.' }),
    groups: t.field({
      type: [EvaluatedGroup],
      description: 'By value.',
      price: { length: MAX_GROUPS },
      resolve: ({ groups }) => [...groups],
    }),
  }),
});

const RepeatedItem = builder
  .objectRef<CollectionEvaluation['repeated'][number]>('RepeatedItem')
  .implement({
    description: 'An item whose file is that of another in the same class: it does not count.',
    fields: (t) => ({
      key: t.exposeString('name', { description: 'Its key.' }),
      of: t.exposeString('of', { description: 'The key of the one that counts.' }),
    }),
  });

const ContradictoryItem = builder
  .objectRef<Of<CollectionEvaluation['contradictory'][number]>>('ContradictoryItems')
  .implement({
    description: 'Items of one file in several classes: no answer would be right, so none counts.',
    fields: (t) => ({
      keys: t.stringList({
        description: 'Their keys, at most 10.',
        price: priceOfLines(10),
        resolve: ({ part }) => part.names.slice(0, 10),
      }),
      classes: t.stringList({
        description: 'Their classes, at most 10.',
        price: priceOfLines(10),
        resolve: ({ part, evaluation }) =>
          part.classes.slice(0, 10).map((k) => evaluation.classes[k]!.value),
      }),
    }),
  });

export const Evaluation = builder.objectRef<Of<undefined>>('Evaluation').implement({
  description: 'How good a model is at telling classes apart, on pictures whose class is known.',
  fields: (t) => ({
    model: t.string({
      description: 'The model that was measured.',
      resolve: ({ evaluation }) => evaluation.model,
    }),
    images: t.int({
      description: 'Pictures that count.',
      resolve: ({ evaluation }) => evaluation.images.length,
    }),
    unlabelled: t.int({
      description: 'Items without a value in the column, or of a class that was not asked for.',
      resolve: ({ evaluation }) => evaluation.unlabelled,
    }),
    templates: t.stringList({
      description: 'Templates of the labels.',
      price: (_args, { within }) => priceOfTexts(within.templates),
      resolve: ({ evaluation }) => [...evaluation.templates],
    }),
    zeroShot: t.field({
      type: Assessment,
      description: 'By labels alone.',
      resolve: (of) => partOf(of, of.evaluation.figures.zeroShot),
    }),
    fewShot: t.field({
      type: FewShot,
      nullable: true,
      description:
        'With a few pictures of each class; null if it was not asked for, or no class has two pictures.',
      resolve: (of) => {
        const { fewShot } = of.evaluation.figures;
        return fewShot && partOf(of, fewShot);
      },
    }),
    templateComparison: t.field({
      type: TemplateComparison,
      nullable: true,
      description: 'Which templates would help; null unless `compareTemplates` asks for it.',
      resolve: (of) => {
        const { templates } = of.evaluation.figures;
        return templates && partOf(of, templates);
      },
    }),
    breakdowns: t.field({
      type: [Breakdown],
      description: 'Figures by group, for each column of `by`.',
      price: { length: MAX_BREAKDOWNS },
      resolve: ({ evaluation }) => [...evaluation.figures.breakdowns],
    }),
    repeated: t.field({
      type: [RepeatedItem],
      description: `Items that are there twice, at most ${MAX_LISTED}.`,
      price: { length: MAX_LISTED },
      resolve: ({ evaluation }) => evaluation.repeated.slice(0, MAX_LISTED),
    }),
    contradictory: t.field({
      type: [ContradictoryItem],
      description: `Items of one file in several classes, at most ${MAX_LISTED} files.`,
      price: { length: MAX_LISTED },
      resolve: (of) =>
        of.evaluation.contradictory.slice(0, MAX_LISTED).map((part) => partOf(of, part)),
    }),
    warnings: t.stringList({
      description: 'What the figures do not say, one line each.',
      price: priceOfLines(20),
      resolve: ({ evaluation }) => [...evaluation.warnings],
    }),
  }),
});
