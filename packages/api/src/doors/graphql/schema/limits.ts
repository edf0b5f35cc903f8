import type { ServerLimits } from '../../../answers/context.ts';
import { MAX_BATCHED_OPERATIONS } from '../../../limits/documents.ts';
import { MAX_IMAGE_BYTES, SERVER_MEGAPIXELS } from '../../../limits/images.ts';
import { MAX_PICTURE_SIDE } from '../../../limits/pictures.ts';
import { MAX_PROMPT_CHARACTERS } from '../../../limits/texts.ts';
import { builder } from './builder.ts';

const Limits = builder.objectRef<ServerLimits>('Limits').implement({
  description: 'What one operation may ask for on this server. The operations of a batch share it.',
  fields: (t) => ({
    images: t.exposeInt('maxImages', { description: 'Images, equal ones counted each time.' }),
    imageBytes: t.int({
      description: 'Bytes of an image file.',
      resolve: () => MAX_IMAGE_BYTES,
    }),
    imageMegapixels: t.float({
      description: 'Megapixels of an image.',
      resolve: ({ maxMegapixels = SERVER_MEGAPIXELS }) => maxMegapixels,
    }),
    labels: t.exposeInt('maxLabels', { description: 'Labels of one classification.' }),
    prompts: t.exposeInt('maxPrompts', {
      description: 'Prompts: labels times templates, and texts to embed.',
    }),
    promptCharacters: t.int({
      description: 'Characters of all prompts.',
      resolve: () => MAX_PROMPT_CHARACTERS,
    }),
    textCharacters: t.exposeInt('maxTextLength', {
      description: 'Characters of a label, a template or a text.',
    }),
    documentBytes: t.exposeInt('maxDocumentBytes', { description: 'Bytes of the query.' }),
    documentTokens: t.exposeInt('maxTokens', { description: 'Tokens of the query.' }),
    depth: t.exposeInt('maxDepth', { description: 'Levels of fields within each other.' }),
    aliases: t.exposeInt('maxAliases', { description: 'Aliases.' }),
    batchedOperations: t.int({
      description: 'Operations of one request.',
      resolve: () => MAX_BATCHED_OPERATIONS,
    }),
    subscriptions: t.exposeInt('maxSubscriptions', {
      description: 'Subscriptions of one caller at a time.',
    }),
    pictures: t.boolean({
      description: 'Whether this server draws pictures: `--pictures on`.',
      price: {},
      resolve: (_limits, _args, { pictures }) => pictures.areOn,
    }),
    pictureSize: t.int({
      description: 'Pixels a side of a picture that is drawn.',
      resolve: () => MAX_PICTURE_SIDE,
    }),
    deadlineSeconds: t.exposeFloat('deadline', { description: 'Seconds that it may take.' }),
  }),
});

builder.queryField('limits', (t) =>
  t.field({
    type: Limits,
    description: 'What one operation may ask for on this server.',
    price: {},
    resolve: (_root, _args, { limits }) => limits,
  }),
);
