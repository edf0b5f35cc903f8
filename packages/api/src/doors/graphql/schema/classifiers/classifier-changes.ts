import { DEFAULT_TEMPLATES } from '@clipql/core';
import { chooseModel } from '../../../../answers/choose-model.ts';
import { countClassPrompts } from '../../../../answers/teach/class-texts.ts';
import { sessionOfClassifier } from '../../../../answers/teach/classifier-question.ts';
import { addExamples, createClassifier, removeExamples } from '../../../../answers/teach/teach.ts';
import type { Classifier as Kept } from '../../../../classifiers/classifier.ts';
import { grouped } from '../../../../errors/grouped.ts';
import {
  MAX_CLASS_LABEL,
  MAX_CLASS_PICTURES,
  MAX_CLASS_TEXTS,
  MAX_CLASSES,
  MAX_CLASSIFIERS,
  MAX_PICTURES,
  MIN_CLASSES,
} from '../../../../limits/classifiers.ts';
import { DEFAULT_LIMITS } from '../../../../limits/limits.ts';
import { textAmount } from '../../prices/price.ts';
import { builder } from '../builder.ts';
import { type Change, changeBy, ERRORS } from '../change.ts';
import { ImageInput } from '../image-input.ts';
import { MODEL_CHOICE } from '../model.ts';
import { TEMPLATE_CHOICE, templatesOf } from '../template-args.ts';
import { Classifier } from './classifier.ts';
import { taughtPayload } from './taught-payload.ts';

const PICTURES = `at most ${MAX_CLASS_PICTURES} a class and ${grouped(MAX_PICTURES)} a classifier, ${DEFAULT_LIMITS.maxImages} an operation by default`;

const ClassInput = builder.inputType('ClassInput', {
  description: 'A class to teach, by texts, pictures or both.',
  fields: (t) => ({
    label: t.string({
      required: true,
      description: `What to answer: 1 to ${MAX_CLASS_LABEL} characters, different for each class.`,
    }),
    texts: t.stringList({
      description: `What goes into the templates, at most ${MAX_CLASS_TEXTS}. Default: the label. An empty list makes it a class of pictures alone.`,
    }),
    images: t.field({ type: [ImageInput], description: `Pictures of it: ${PICTURES}.` }),
  }),
});

const CreateClassifierInput = builder.inputType('CreateClassifierInput', {
  description: 'A classifier to teach.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: '1 to 64 lower-case letters, digits, `-` and `_`.',
    }),
    classes: t.field({
      type: [ClassInput],
      required: true,
      description: `${MIN_CLASSES} to ${MAX_CLASSES} classes.`,
    }),
    keepImages: t.boolean({
      defaultValue: false,
      description: 'Whether to keep the image files too, beside their embeddings. Default: no.',
    }),
    replace: t.boolean({
      defaultValue: false,
      description: 'Whether to replace another classifier of this name. Default: fail.',
    }),
    templates: t.stringList(TEMPLATE_CHOICE.templates),
    preset: t.field(TEMPLATE_CHOICE.preset),
    model: t.string(MODEL_CHOICE.model),
    precision: t.field(MODEL_CHOICE.precision),
  }),
});

builder.mutationField('createClassifier', (t) =>
  t.field({
    type: taughtPayload('CreateClassifierPayload', 'The new classifier, or why there is none.'),
    nullable: true,
    description: `Makes a classifier that tells classes apart by texts and by a few pictures of each, for \`classify(classifier:)\`. It answers when the classifier is on the disk and trained. At most ${MAX_CLASSIFIERS} a caller.`,
    args: {
      input: t.arg({ type: CreateClassifierInput, required: true, description: 'What to teach.' }),
    },
    price: ({ input: { classes, ...args } }, { limits }) => {
      const templates = templatesOf(args) ?? DEFAULT_TEMPLATES;
      const images = countImages(classes);
      const texts = classes.map(({ label, texts: given }) => ({ label, texts: given ?? null }));
      return {
        ...countClassPrompts(texts, templates, limits),
        images,
        scans: 1,
        holds: {
          page: images,
          labels: textAmount(texts.flatMap(({ label, texts: given }) => given ?? [label])),
          templates: textAmount(templates),
        },
      };
    },
    resolve: (_root, { input }, context) =>
      changeBy(context, async () => {
        const { name, classes, keepImages, replace, ...args } = input;
        return createClassifier(context, await chooseModel(context, args), {
          name,
          classes: classes.map(({ label, texts, images }) => ({
            label,
            texts: texts ?? null,
            images: images ?? [],
          })),
          templates: templatesOf(args) ?? DEFAULT_TEMPLATES,
          keepsImages: keepImages ?? false,
          replace: replace ?? false,
        });
      }),
  }),
);

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
        classifier: f.field({
          type: Classifier,
          nullable: true,
          description: 'The classifier, as it is now, trained.',
          resolve: ({ done }) => done?.classifier,
        }),
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

const DeleteClassifierInput = builder.inputType('DeleteClassifierInput', {
  description: 'A classifier to delete.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name of the classifier.' }),
  }),
});

builder.mutationField('deleteClassifier', (t) =>
  t.field({
    type: builder.objectRef<Change<Kept>>('DeleteClassifierPayload').implement({
      description: 'The deleted classifier, or why it was not deleted.',
      fields: (f) => ({
        name: f.string({
          nullable: true,
          description: 'The name, which is free now.',
          resolve: ({ done }) => done?.name,
        }),
        errors: f.field(ERRORS),
      }),
    }),
    nullable: true,
    description: 'Deletes a classifier, with all that it has learned and kept.',
    args: {
      input: t.arg({ type: DeleteClassifierInput, required: true, description: 'What to delete.' }),
    },
    price: {},
    resolve: (_root, { input: { name } }, context) =>
      changeBy(context, async () => context.classifiers.delete(name)),
  }),
);

const countImages = (
  classes: readonly { readonly images?: readonly unknown[] | null | undefined }[],
): number => classes.reduce((sum, { images }) => sum + (images?.length ?? 0), 0);
