import { moveExamples } from '../../../../answers/teach/change-classes.ts';
import { sessionOfClassifier } from '../../../../answers/teach/classifier-question.ts';
import { addExamples, removeExamples } from '../../../../answers/teach/teach.ts';
import type { Classifier as Kept } from '../../../../classifiers/classifier.ts';
import { builder } from '../builder.ts';
import { type Change, changeBy, ERRORS } from '../change.ts';
import { ImageInput } from '../image-input.ts';
import { countImages, PICTURES } from './class-pictures.ts';
import { taughtPayload } from './taught-payload.ts';
import { TRAINED_CLASSIFIER } from './trained-classifier.ts';

const ClassPicturesInput = builder.inputType('ClassPicturesInput', {
  description: 'Pictures of a class.',
  fields: (t) => ({
    label: t.string({ required: true, description: 'The label of the class.' }),
    images: t.field({
      type: [ImageInput],
      required: true,
      description: `The pictures: ${PICTURES}.`,
    }),
  }),
});

const AddExamplesInput = builder.inputType('AddExamplesInput', {
  description: 'Pictures to learn from.',
  fields: (t) => ({
    classifier: t.string({ required: true, description: 'Name of the classifier.' }),
    classes: t.field({
      type: [ClassPicturesInput],
      required: true,
      description: 'Pictures by class.',
    }),
  }),
});

builder.mutationField('addExamples', (t) =>
  t.field({
    type: taughtPayload('AddExamplesPayload', 'The classifier with more pictures, or why not.'),
    nullable: true,
    description: 'Adds pictures to classes of a classifier, and trains it again at once.',
    args: {
      input: t.arg({ type: AddExamplesInput, required: true, description: 'What to add.' }),
    },
    price: ({ input: { classes } }) => {
      const images = countImages(classes);
      return { images, scans: 1, holds: { page: images } };
    },
    resolve: (_root, { input: { classifier: name, classes } }, context) =>
      changeBy(context, async () => {
        const classifier = await context.classifiers.find(name);
        const session = await sessionOfClassifier(context, classifier);
        return addExamples(context, session, classifier, classes);
      }),
  }),
);

const RemoveExamplesInput = builder.inputType('RemoveExamplesInput', {
  description: 'Pictures to forget.',
  fields: (t) => ({
    classifier: t.string({ required: true, description: 'Name of the classifier.' }),
    contentHashes: t.stringList({
      required: true,
      description: 'SHA-256 of each image file in hexadecimal, as `examples` has them.',
    }),
  }),
});

interface Removed {
  readonly classifier: Kept;
  readonly removed: number;
}

builder.mutationField('removeExamples', (t) =>
  t.field({
    type: builder.objectRef<Change<Removed>>('RemoveExamplesPayload').implement({
      description: 'The classifier with fewer pictures, or why not.',
      fields: (f) => ({
        classifier: f.field(TRAINED_CLASSIFIER),
        removed: f.int({
          nullable: true,
          description: 'Pictures that were there and are no more.',
          resolve: ({ done }) => done?.removed,
        }),
        errors: f.field(ERRORS),
      }),
    }),
    nullable: true,
    description:
      'Removes pictures from a classifier, and trains it again at once. Those that are not there are passed over.',
    args: {
      input: t.arg({ type: RemoveExamplesInput, required: true, description: 'What to remove.' }),
    },
    price: { scans: 1 },
    resolve: (_root, { input: { classifier: name, contentHashes } }, context) =>
      changeBy(context, async () => {
        const classifier = await context.classifiers.find(name);
        return removeExamples(context, classifier, contentHashes);
      }),
  }),
);

const MoveExamplesInput = builder.inputType('MoveExamplesInput', {
  description: 'Pictures to move to another class.',
  fields: (t) => ({
    classifier: t.string({ required: true, description: 'Name of the classifier.' }),
    contentHashes: t.stringList({
      required: true,
      description: 'SHA-256 of each image file in hexadecimal, as `examples` has them.',
    }),
    label: t.string({ required: true, description: 'The label of the class that they go to.' }),
  }),
});

interface Moved {
  readonly classifier: Kept;
  readonly moved: number;
}

builder.mutationField('moveExamples', (t) =>
  t.field({
    type: builder.objectRef<Change<Moved>>('MoveExamplesPayload').implement({
      description: 'The classifier with pictures in another class, or why not.',
      fields: (f) => ({
        classifier: f.field(TRAINED_CLASSIFIER),
        moved: f.int({
          nullable: true,
          description: 'Pictures that were in another class before.',
          resolve: ({ done }) => done?.moved,
        }),
        errors: f.field(ERRORS),
      }),
    }),
    nullable: true,
    description:
      'Moves pictures of a classifier to another class, and trains it again at once. Those that are not there are passed over.',
    args: {
      input: t.arg({ type: MoveExamplesInput, required: true, description: 'What to move.' }),
    },
    price: { scans: 1 },
    resolve: (_root, { input: { classifier: name, contentHashes, label } }, context) =>
      changeBy(context, async () => {
        const classifier = await context.classifiers.find(name);
        return moveExamples(context, classifier, contentHashes, label);
      }),
  }),
);
