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
  description: 'A candidate by its likeness to the query.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its place among the candidates, from 0.' }),
    cosine: t.exposeFloat('cosine', {
      description: 'Cosine of the candidate and the query, −1 to 1.',
    }),
  }),
});

const CUT_WARNINGS =
  'What to know of the answer: a line for each text that was too long for the model and was cut.';

const Ranking = builder.objectRef<Ranked>('Ranking').implement({
  description: 'Candidates in the order of their likeness to a query.',
  fields: (t) => ({
    ranked: t.expose('ranked', {
      type: [Candidate],
      description: 'Best first.',
      price: (_args, { within }) => ({ length: within.top ?? 0 }),
    }),
    errors: t.expose('failures', {
      type: [InputError],
      description: 'The candidates that could not be had; they are not ranked.',
      price: (_args, { within }) => ({ length: within.candidates ?? 0 }),
    }),
    warnings: t.exposeStringList('warnings', {
      description: CUT_WARNINGS,
      price: (_args, { within }) => priceOfLines(1 + (within.candidates ?? 0)),
    }),
    model: t.expose('model', { type: Model, description: 'The model that was asked.' }),
  }),
});

const Similarity = builder.objectRef<Likeness>('Similarity').implement({
  description: 'How alike two inputs are.',
  fields: (t) => ({
    cosine: t.exposeFloat('cosine', {
      description:
        'Cosine of their embeddings, −1 to 1. Those of an image and a text that fit stay far below 1: ' +
        'compare like with like.',
    }),
    warnings: t.exposeStringList('warnings', {
      description: CUT_WARNINGS,
      price: priceOfLines(2),
    }),
    model: t.expose('model', { type: Model, description: 'The model that was asked.' }),
  }),
});

builder.queryField('similarity', (t) =>
  t.field({
    type: Similarity,
    nullable: true,
    description: 'How alike two images, two texts, or an image and a text are.',
    args: {
      a: t.arg({ type: EmbeddingInput, required: true, description: 'An image or a text.' }),
      b: t.arg({ type: EmbeddingInput, required: true, description: 'What to compare it with.' }),
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
      'Orders images and texts by their likeness to another: images for a text, or the other way ' +
      'round. Candidates of one kind only can be compared with each other.',
    args: {
      query: t.arg({ type: EmbeddingInput, required: true, description: 'What to look for.' }),
      candidates: t.arg({
        type: [EmbeddingInput],
        required: true,
        description: `What to order: at most ${maxImages} images, the query included, and ${grouped(maxPrompts)} texts.`,
      }),
      topK: t.arg.int({ description: 'How many of the best to give; all unless given.' }),
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
