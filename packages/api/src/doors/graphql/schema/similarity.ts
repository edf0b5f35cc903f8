import { chooseModel } from '../../../answers/choose-model.ts';
import { countInputs } from '../../../answers/embed-inputs.ts';
import {
  type Likeness,
  type Ranking as Ranked,
  type RankedCandidate,
  rankCandidates,
  similarity,
} from '../../../answers/rank.ts';
import { grouped } from '../../../errors/grouped.ts';
import { checkTop } from '../../../limits/answers.ts';
import { DEFAULT_LIMITS } from '../../../limits/limits.ts';
import { builder } from './builder.ts';
import { EmbeddingInput } from './embedding-input.ts';
import { InputError } from './input-error.ts';
import { Model, modelArgs } from './model.ts';
import { priceOfLines } from './text-price.ts';

const { maxImages, maxPrompts } = DEFAULT_LIMITS;

const Candidate = builder.objectRef<RankedCandidate>('RankedCandidate').implement({
  description: 'A candidate and its similarity to the query.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Index of the candidate, from 0.' }),
    cosine: t.exposeFloat('cosine', {
      description: 'Cosine similarity of candidate and query, −1 to 1.',
    }),
  }),
});

const CUT_WARNINGS = 'Warnings: one line for each text that was truncated.';

const Ranking = builder.objectRef<Ranked>('Ranking').implement({
  description: 'Candidates ordered by similarity to a query.',
  fields: (t) => ({
    ranked: t.expose('ranked', {
      type: [Candidate],
      description: 'The candidates, most similar first.',
      price: (_args, { within }) => ({ length: within.top ?? 0 }),
    }),
    errors: t.expose('failures', {
      type: [InputError],
      description: 'The candidates that failed; they are not ranked.',
      price: (_args, { within }) => ({ length: within.candidates ?? 0 }),
    }),
    warnings: t.exposeStringList('warnings', {
      description: CUT_WARNINGS,
      price: (_args, { within }) => priceOfLines(1 + (within.candidates ?? 0)),
    }),
    model: t.expose('model', { type: Model, description: 'The model used.' }),
  }),
});

const Similarity = builder.objectRef<Likeness>('Similarity').implement({
  description: 'The similarity of two inputs.',
  fields: (t) => ({
    cosine: t.exposeFloat('cosine', {
      description:
        'Cosine similarity, −1 to 1. For a matching image and text it stays far below 1: compare images with images and texts with texts.',
    }),
    warnings: t.exposeStringList('warnings', {
      description: CUT_WARNINGS,
      price: priceOfLines(2),
    }),
    model: t.expose('model', { type: Model, description: 'The model used.' }),
  }),
});

builder.queryField('similarity', (t) =>
  t.field({
    type: Similarity,
    nullable: true,
    description: 'The cosine similarity of two images, two texts, or an image and a text.',
    args: {
      a: t.arg({ type: EmbeddingInput, required: true, description: 'An image or a text.' }),
      b: t.arg({
        type: EmbeddingInput,
        required: true,
        description: 'The image or text to compare it with.',
      }),
      ...modelArgs,
    },
    price: ({ a, b }, { limits }) => countInputs([a, b], limits),
    resolve: async (_root, { a, b, ...choice }, context) => {
      return similarity(await chooseModel(context, choice), a, b);
    },
  }),
);

builder.queryField('rank', (t) =>
  t.field({
    type: Ranking,
    nullable: true,
    description:
      'Ranks images and texts by their similarity to an image or a text. Use candidates of one kind: scores of images and texts do not compare.',
    args: {
      query: t.arg({
        type: EmbeddingInput,
        required: true,
        description: 'The image or text to rank by.',
      }),
      candidates: t.arg({
        type: [EmbeddingInput],
        required: true,
        description: `The candidates: by default at most ${maxImages} images, including the query, and ${grouped(maxPrompts)} texts.`,
      }),
      topK: t.arg.int({ description: 'Return only the best K. Default: all.' }),
      ...modelArgs,
    },
    price: ({ query, candidates, topK }, { limits }) => {
      const { length } = candidates;
      return {
        ...countInputs([query, ...candidates], limits),
        holds: { candidates: length, top: Math.min(length, checkTop(topK ?? 1 + length)) },
      };
    },
    resolve: async (_root, { query, candidates, topK, ...choice }, context) => {
      const session = await chooseModel(context, choice);
      return rankCandidates(session, query, candidates, topK ?? undefined, context.describe);
    },
  }),
);
