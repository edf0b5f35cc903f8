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
  description: 'The embedding of an image or a text, in the space that both share.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Index of the input, from 0.' }),
    values: t.floatList({
      nullable: true,
      description: 'The values, in encoding FLOAT; otherwise null.',
      price: priceOfEmbedding('float'),
      resolve: ({ written: { encoding, vector } }) => (encoding === 'float' ? [...vector] : null),
    }),
    data: t.string({
      nullable: true,
      description: 'The values as base64, in encodings BASE64, INT8 and BINARY; otherwise null.',
      price: priceOfEmbedding('base64'),
      resolve: ({ written: { packed } }) => packed && toBase64(packed),
    }),
    scale: t.float({
      nullable: true,
      description: 'In encoding INT8, the factor that turns a byte into a value.',
      resolve: ({ written: { packed } }) => packed?.scale,
    }),
    dimensions: t.int({
      description: 'Number of values.',
      resolve: ({ written: { vector } }) => vector.length,
    }),
    normalized: t.exposeBoolean('normalized', {
      description: 'Whether the vector has length 1, before encoding.',
    }),
    tokens: t.int({
      nullable: true,
      description: 'Number of tokens, including start and end tokens; null for an image.',
      resolve: ({ input }) => input.tokens,
    }),
    truncated: t.boolean({
      description: "Whether the text exceeded the model's context and was truncated.",
      resolve: ({ input }) => input.truncated ?? false,
    }),
    image: t.field({
      type: ImageFacts,
      nullable: true,
      description: 'Format and size of the image file; null for a text.',
      resolve: ({ input }) => input.facts,
    }),
    model: t.expose('model', { type: Model, description: 'The model used.' }),
  }),
});

const EmbedOutcome = builder.unionType('EmbedOutcome', {
  description: 'The result for one input, or its error.',
  types: [Embedding, ImageError, TextError],
  resolveType: (outcome) => (outcome instanceof InputFailure ? errorTypeOf(outcome) : Embedding),
});

builder.queryField('embed', (t) =>
  t.field({
    type: [EmbedOutcome],
    nullable: true,
    description:
      `The embeddings of images and texts, in their order: at most ${maxImages} images and ` +
      `${grouped(maxPrompts)} texts per operation by default. An input that fails gets an \`ImageError\` or a \`TextError\`, and the others ` +
      'are still answered.',
    args: {
      inputs: t.arg({
        type: [EmbeddingInput],
        required: true,
        description: 'The images and texts to embed.',
      }),
      encoding: t.arg({
        type: EmbeddingEncoding,
        defaultValue: 'float',
        description: 'How embeddings are encoded.',
      }),
      normalize: t.arg.boolean({
        defaultValue: true,
        description: 'Normalise to length 1, so that a dot product is a cosine.',
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
