import { chooseModel } from '../../../answers/choose-model.ts';
import { countInputs, type EncodedInput, encodeEach } from '../../../answers/embed-inputs.ts';
import { InputFailure } from '../../../answers/outcome.ts';
import { toBase64 } from '../../../answers/pack-vector.ts';
import { grouped } from '../../../errors/grouped.ts';
import { DEFAULT_LIMITS } from '../../../limits/limits.ts';
import type { LoadedModel } from '../../../models/loaded-model.ts';
import { builder } from './builder.ts';
import { EmbeddingEncoding, WrittenVector } from './embedding-encoding.ts';
import { EmbeddingInput } from './embedding-input.ts';
import { priceOfEmbedding } from './embedding-price.ts';
import { ImageFacts } from './image-facts.ts';
import { errorTypeOf, ImageError, TextError } from './input-error.ts';
import { Model, modelArgs } from './model.ts';

const { maxImages, maxPrompts } = DEFAULT_LIMITS;

interface EncodedEmbedding {
  readonly index: number;
  readonly input: EncodedInput;
  readonly written: WrittenVector;
  readonly normalized: boolean;
  readonly model: LoadedModel;
}

const Embedding = builder.objectRef<EncodedEmbedding>('Embedding').implement({
  description: 'Where an image or a text lies in the space that both share.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its place among the inputs, from 0.' }),
    values: t.floatList({
      nullable: true,
      description: 'The embedding in encoding FLOAT; null in the others.',
      price: priceOfEmbedding('float'),
      resolve: ({ written: { encoding, vector } }) => (encoding === 'float' ? [...vector] : null),
    }),
    data: t.string({
      nullable: true,
      description: 'The embedding in base64, in encodings BASE64, INT8 and BINARY; null in FLOAT.',
      price: priceOfEmbedding('base64'),
      resolve: ({ written: { packed } }) => packed && toBase64(packed),
    }),
    scale: t.float({
      nullable: true,
      description: 'What each byte is to be multiplied by, in encoding INT8.',
      resolve: ({ written: { packed } }) => packed?.scale,
    }),
    dimensions: t.int({
      description: 'How many values.',
      resolve: ({ written: { vector } }) => vector.length,
    }),
    normalized: t.exposeBoolean('normalized', {
      description: 'Whether its length is 1, before it is written in 8 bits or 1.',
    }),
    tokens: t.int({
      nullable: true,
      description: 'Tokens of a text, start and end tokens included; null for an image.',
      resolve: ({ input }) => input.tokens,
    }),
    truncated: t.boolean({
      description: "Whether it is a text that was longer than the model's context, and was cut.",
      resolve: ({ input }) => input.truncated ?? false,
    }),
    image: t.field({
      type: ImageFacts,
      nullable: true,
      description: 'The image file; null for a text.',
      resolve: ({ input }) => input.facts,
    }),
    model: t.expose('model', { type: Model, description: 'The model that made it.' }),
  }),
});

const EmbedOutcome = builder.unionType('EmbedOutcome', {
  description: 'The answer to one input of several, or why there is none.',
  types: [Embedding, ImageError, TextError],
  resolveType: (outcome) => (outcome instanceof InputFailure ? errorTypeOf(outcome) : Embedding),
});

builder.queryField('embed', (t) =>
  t.field({
    type: [EmbedOutcome],
    nullable: true,
    description:
      `The embeddings of images and texts, in their order: at most ${maxImages} images and ` +
      `${grouped(maxPrompts)} texts in an operation. An input that cannot be had is an \`ImageError\` or a \`TextError\`, and the others ` +
      'are answered.',
    args: {
      inputs: t.arg({ type: [EmbeddingInput], required: true, description: 'Images and texts.' }),
      encoding: t.arg({
        type: EmbeddingEncoding,
        defaultValue: 'float',
        description: 'How the embeddings are written.',
      }),
      normalize: t.arg.boolean({
        defaultValue: true,
        description: 'Divide them by their length, so that a dot product is a cosine.',
      }),
      ...modelArgs,
    },
    price: ({ inputs }, { limits }) => ({
      length: inputs.length,
      ...countInputs(inputs, limits),
    }),
    resolve: async (_root, { inputs, encoding, normalize, ...choice }, context) => {
      const { model, loaders } = await chooseModel(context, choice);
      const outcomes = await encodeEach(loaders, inputs, context.describe);
      return outcomes.map((outcome, index) => {
        if (outcome instanceof InputFailure) return outcome;
        const normalized = normalize ?? true;
        const vector = normalized ? outcome.direction : outcome.embedding;
        const written = new WrittenVector(vector, encoding ?? 'float');
        return { index, input: outcome, written, normalized, model };
      });
    },
  }),
);
