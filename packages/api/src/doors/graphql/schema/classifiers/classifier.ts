import type {
  ClassifierClass as Class,
  Example,
  Classifier as Kept,
} from '../../../../classifiers/classifier.ts';
import { findIfThere } from '../../../../classifiers/find-if-there.ts';
import { textValues } from '../../../../limits/answers.ts';
import {
  MAX_CLASSES,
  MAX_CLASSIFIER_PICTURES,
  MAX_CLASSIFIERS,
} from '../../../../limits/classifiers.ts';
import { builder } from '../builder.ts';
import '../date-time.ts';
import { largestSet } from '../label-set-price.ts';
import { priceOfTexts } from '../text-price.ts';
import { MOST_CLASS_LABELS, MOST_CLASS_TEXTS } from './classifier-price.ts';

/** An example, and what it is of. */
interface ClassifierExample {
  readonly classifier: Kept;
  readonly example: Example;
}

const LABEL_PRICE = { values: 1 + textValues(MOST_CLASS_LABELS.longest) };

const ClassifierClass = builder.objectRef<Class>('ClassifierClass').implement({
  description: 'One of the classes that a classifier tells apart.',
  fields: (t) => ({
    label: t.exposeString('label', { description: 'Its label.', price: LABEL_PRICE }),
    texts: t.exposeStringList('texts', {
      nullable: true,
      description:
        'What goes into the templates; null for the label itself, empty for a class of pictures alone.',
      price: priceOfTexts(MOST_CLASS_TEXTS),
    }),
    exampleCount: t.exposeInt('examples', {
      description: 'Number of pictures that it has learned from.',
    }),
  }),
});

const ClassifierExample = builder.objectRef<ClassifierExample>('ClassifierExample').implement({
  description: 'A picture that a classifier has learned from.',
  fields: (t) => ({
    label: t.string({
      description: 'The label of its class.',
      price: LABEL_PRICE,
      resolve: ({ classifier, example }) => classifier.classes[example.class]!.label,
    }),
    contentHash: t.string({
      description: 'SHA-256 of the image file, in hexadecimal: what `removeExamples` takes.',
      resolve: ({ example }) => example.contentHash,
    }),
    source: t.string({
      description:
        'The path or URL that the image came from; `upload` for one that came with the request.',
      resolve: ({ example }) => example.source,
    }),
    addedAt: t.field({
      type: 'DateTime',
      description: 'When it was added.',
      resolve: ({ example }) => example.addedAt.toISOString(),
    }),
    imageUrl: t.string({
      nullable: true,
      description: 'Path of the image file on this server; null unless `keepImages` was asked for.',
      resolve: ({ classifier, example }) =>
        example.hasImage ? `/classifiers/${classifier.name}/${example.contentHash}` : null,
    }),
  }),
});

export const Classifier = builder.objectRef<Kept>('Classifier');

builder.node(Classifier, {
  description:
    'Classes under a name, told apart by texts and by pictures that it has learned from. It answers with the model that it was taught with.',
  id: { resolve: ({ name }) => name },
  loadOne: async (name, { classifiers }) => (await findIfThere(classifiers, name)) ?? null,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name to pass to `classify(classifier:)`.' }),
    model: t.string({
      description: 'The model that it was taught with.',
      resolve: ({ space }) => space.model,
    }),
    templates: t.exposeStringList('templates', {
      description: 'The hypothesis templates, with `{}` for the text.',
      price: (_args, { within, limits }) =>
        priceOfTexts(within.templates ?? largestSet(limits).templates),
    }),
    classes: t.expose('classes', {
      type: [ClassifierClass],
      description: 'Its classes, in the order given.',
      price: { length: MAX_CLASSES },
    }),
    exampleCount: t.int({
      description: 'Number of pictures that it has learned from.',
      resolve: ({ classes }) => classes.reduce((sum, { examples }) => sum + examples, 0),
    }),
    examples: t.field({
      type: [ClassifierExample],
      description: 'The pictures that it has learned from, oldest first.',
      price: { length: MAX_CLASSIFIER_PICTURES },
      resolve: async (classifier, _args, { classifiers }) =>
        (await classifiers.examples(classifier)).map((example) => ({ classifier, example })),
    }),
    keepsImages: t.exposeBoolean('keepsImages', {
      description: 'Whether it keeps the image files, beside their embeddings.',
    }),
    temperature: t.exposeFloat('temperature', {
      nullable: true,
      description:
        'What its logits are divided by to calibrate probabilities; null without pictures, or until it is trained.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'Time of creation.',
      resolve: ({ createdAt }) => createdAt.toISOString(),
    }),
    changedAt: t.field({
      type: 'DateTime',
      description: 'When its pictures last changed.',
      resolve: ({ changedAt }) => changedAt.toISOString(),
    }),
  }),
});

builder.queryField('classifiers', (t) =>
  t.field({
    type: [Classifier],
    nullable: true,
    description:
      'Your classifiers, ordered by name: those of your key or token subject, or all where none is needed.',
    price: { length: MAX_CLASSIFIERS },
    resolve: async (_root, _args, { classifiers }) => [...(await classifiers.list())],
  }),
);

builder.queryField('classifier', (t) =>
  t.field({
    type: Classifier,
    nullable: true,
    description: 'One of your classifiers.',
    args: { name: t.arg.string({ required: true, description: 'Its name.' }) },
    price: {},
    resolve: (_root, { name }, { classifiers }) => classifiers.find(name),
  }),
);
