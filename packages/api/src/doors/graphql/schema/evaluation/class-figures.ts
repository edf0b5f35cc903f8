/** What figures of any classifier have in common. */
import type { ClassFigures as CoreClassFigures } from '@clipql/core';
import { textValues } from '../../../../limits/answers.ts';
import { checkListed, MAX_CLASS_CHARACTERS, MAX_LISTED } from '../../../../limits/evaluation.ts';
import { builder } from '../builder.ts';
import { Estimate } from './estimate.ts';

/** Values that two names of classes weigh: few have characters of six bytes. */
export const NAMES = { values: 2 * (1 + textValues(MAX_CLASS_CHARACTERS)) };

export const ClassFigures = builder
  .objectRef<CoreClassFigures & { readonly value: string }>('ClassFigures')
  .implement({
    description: 'How well one class is recognised.',
    fields: (t) => ({
      value: t.exposeString('value', {
        description: 'The class: its label, or what the column has.',
        price: NAMES,
      }),
      images: t.exposeInt('images', { description: 'Pictures of the class.' }),
      predicted: t.exposeInt('predicted', {
        description: 'Pictures that were taken for it, rightly or wrongly.',
      }),
      recall: t.expose('recall', {
        type: Estimate,
        nullable: true,
        description: 'Share of its pictures that were taken for it; null if it has none.',
      }),
      precision: t.expose('precision', {
        type: Estimate,
        nullable: true,
        description: 'Share of what was taken for it that is of it; null if nothing was.',
      }),
    }),
  });

export const ConfusionRow = builder
  .objectRef<{ readonly truth: string; readonly counts: readonly number[] }>('ConfusionRow')
  .implement({
    description: 'What the pictures of one class were taken for.',
    fields: (t) => ({
      truth: t.exposeString('truth', { description: 'The class.', price: NAMES }),
      counts: t.intList({
        description: 'Pictures taken for each class, in the order of `classes`.',
        price: (_args, { within }) => ({ length: (within.classes ?? 0) / 10 }),
        resolve: ({ counts }) => [...counts],
      }),
    }),
  });

/** Of a list that the caller bounds by `first`. */
export const FIRST = `How many, at most ${MAX_LISTED}.`;
export const listPrice = ({ first }: { readonly first?: number | null | undefined }) => ({
  length: checkListed(first),
});
