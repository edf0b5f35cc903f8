import type { GivenPicture, PictureFailure } from '../../../../answers/teach/class-pictures.ts';
import type { Taught } from '../../../../answers/teach/teach.ts';
import { quoted } from '../../../../errors/one-line.ts';
import { textValues } from '../../../../limits/answers.ts';
import { builder } from '../builder.ts';
import { type Change, ERRORS } from '../change.ts';
import { UserError } from '../error.ts';
import { priceOfLines } from '../text-price.ts';
import { MOST_CLASS_LABELS } from './classifier-price.ts';
import { TRAINED_CLASSIFIER } from './trained-classifier.ts';

const ExampleError = builder.objectRef<PictureFailure>('ExampleError').implement({
  description: 'Why a picture taught nothing; the others did.',
  interfaces: [UserError],
  fields: (t) => ({
    label: t.exposeString('label', {
      description: 'The label of its class.',
      price: { values: 1 + textValues(MOST_CLASS_LABELS.longest) },
    }),
    index: t.exposeInt('index', {
      description: 'Index among the images of its class in the request, from 0.',
    }),
  }),
});

const repeatedWarning = ({ label, index }: GivenPicture): string =>
  `picture ${index} of class ${quoted(label)} is in it already, and is kept once`;

/** Of a mutation that gives pictures to a classifier. */
export const taughtPayload = (name: string, description: string) =>
  builder.objectRef<Change<Taught>>(name).implement({
    description,
    fields: (t) => ({
      classifier: t.field(TRAINED_CLASSIFIER),
      failures: t.field({
        type: [ExampleError],
        description: 'The pictures that taught nothing; it has learned from the others.',
        price: (_args, { within }) => ({ length: within.page ?? 0 }),
        resolve: ({ done }) => [...(done?.failures ?? [])],
      }),
      warnings: t.stringList({
        description: 'Warnings, such as a picture that its class had already.',
        price: (_args, { within }) =>
          priceOfLines((within.page ?? 0) + (within.labels?.count ?? 0)),
        resolve: ({ done }) =>
          done === undefined ? [] : [...done.repeated.map(repeatedWarning), ...done.warnings],
      }),
      errors: t.field(ERRORS),
    }),
  });
