import { setClasses } from '../../../../answers/teach/change-classes.ts';
import { sessionOfClassifier } from '../../../../answers/teach/classifier-question.ts';
import type { Classifier as Kept } from '../../../../classifiers/classifier.ts';
import { MAX_CLASS_LABEL, MAX_CLASS_TEXTS } from '../../../../limits/classifiers.ts';
import { MAX_PROMPT_CHARACTERS } from '../../../../limits/texts.ts';
import { textAmount } from '../../prices/price.ts';
import { builder } from '../builder.ts';
import { type Change, changeBy, ERRORS } from '../change.ts';
import { priceOfLines } from '../text-price.ts';
import { TRAINED_CLASSIFIER } from './trained-classifier.ts';

const SetClassInput = builder.inputType('SetClassInput', {
  description: 'A class as it is to be.',
  fields: (t) => ({
    label: t.string({
      required: true,
      description: `What to answer: 1 to ${MAX_CLASS_LABEL} characters, different for each class.`,
    }),
    from: t.string({
      description: 'Label of the class whose pictures it takes over. Default: none, a new class.',
    }),
    texts: t.stringList({
      description: `What goes into the templates, at most ${MAX_CLASS_TEXTS}. Default: the label. An empty list makes it a class of pictures alone.`,
    }),
  }),
});

const SetClassesInput = builder.inputType('SetClassesInput', {
  description: 'Classes of a classifier.',
  fields: (t) => ({
    classifier: t.string({ required: true, description: 'Name of the classifier.' }),
    classes: t.field({
      type: [SetClassInput],
      required: true,
      description:
        'All classes, in their order. A class that none of them is made `from` goes with its pictures.',
    }),
  }),
});

interface Done {
  readonly classifier: Kept;
  readonly warnings: readonly string[];
}

builder.mutationField('setClasses', (t) =>
  t.field({
    type: builder.objectRef<Change<Done>>('SetClassesPayload').implement({
      description: 'The classifier with other classes, or why not.',
      fields: (f) => ({
        classifier: f.field(TRAINED_CLASSIFIER),
        warnings: f.stringList({
          description: 'One line for each text that was cut.',
          price: (_args, { within }) => priceOfLines(within.labels?.count ?? 0),
          resolve: ({ done }) => [...(done?.warnings ?? [])],
        }),
        errors: f.field(ERRORS),
      }),
    }),
    nullable: true,
    description:
      'Adds, renames, describes or removes classes of a classifier, and trains it again at once.',
    args: {
      input: t.arg({ type: SetClassesInput, required: true, description: 'The classes.' }),
    },
    // How many templates the classifier has is known once it is looked up: as many prompts as there may be, then.
    price: ({ input: { classes } }, { limits }) => ({
      prompts: limits.maxPrompts,
      characters: MAX_PROMPT_CHARACTERS,
      scans: 1,
      holds: { labels: textAmount(classes.flatMap(({ label, texts }) => texts ?? [label])) },
    }),
    resolve: (_root, { input: { classifier: name, classes } }, context) =>
      changeBy(context, async () => {
        const classifier = await context.classifiers.find(name);
        const session = await sessionOfClassifier(context, classifier);
        const wanted = classes.map(({ label, from, texts }) => ({
          ...{ label, texts: texts ?? null },
          from: from ?? undefined,
        }));
        return setClasses(context, session, classifier, wanted);
      }),
  }),
);
