import { DEFAULT_TEMPLATES } from '@clipql/core';
import { chooseModel } from '../../../../answers/choose-model.ts';
import { countClassPrompts } from '../../../../answers/teach/class-texts.ts';
import { createClassifier } from '../../../../answers/teach/teach.ts';
import type { Classifier as Kept } from '../../../../classifiers/classifier.ts';
import {
  MAX_CLASS_LABEL,
  MAX_CLASS_TEXTS,
  MAX_CLASSES,
  MAX_CLASSIFIERS,
  MIN_CLASSES,
} from '../../../../limits/classifiers.ts';
import { textAmount } from '../../prices/price.ts';
import { builder } from '../builder.ts';
import { type Change, changeBy, ERRORS } from '../change.ts';
import { ImageInput } from '../image-input.ts';
import { MODEL_CHOICE } from '../model.ts';
import { TEMPLATE_CHOICE, templatesOf } from '../template-args.ts';
import { countImages, PICTURES } from './class-pictures.ts';
import { taughtPayload } from './taught-payload.ts';

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
