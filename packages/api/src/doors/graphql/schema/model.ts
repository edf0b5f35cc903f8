import type { BackendInfo } from '@clipql/core';
import type { LoadedModel } from '../../../models/loaded-model.ts';
import { downloadBytes } from '../../../models/requirements.ts';
import { recommendedModel } from '../../../models/zoo.ts';
import { megabytes } from '../../../models/zoo-facts.ts';
import { builder } from './builder.ts';

const Backend = builder.objectRef<BackendInfo>('Backend').implement({
  description: 'The backend that runs a model.',
  fields: (t) => ({
    name: t.exposeString('name', { description: '`wasm`, `gpu` or `reference`.' }),
    precision: t.exposeString('precision', {
      description: 'Precision: `f32` or `int8`.',
    }),
    simd: t.exposeString('simd', {
      nullable: true,
      description: 'SIMD build of the WebAssembly kernels: `plain` or `relaxed`.',
    }),
    mode: t.exposeString('mode', {
      nullable: true,
      description: 'Mode of gpu.js on the GPU, such as `webgpu`.',
    }),
    adapter: t.exposeString('adapter', {
      nullable: true,
      description: 'Name of the graphics adapter, from its driver.',
    }),
    executor: t.exposeString('executor', {
      nullable: true,
      description: 'How gpu.js runs a forward pass; `fused-encoder` is one submission.',
    }),
    threads: t.exposeInt('threads', { description: 'Number of threads per forward pass.' }),
  }),
});

const Precision = builder.enumType('Precision', {
  description: 'The precision in which a model computes.',
  values: {
    F32: { value: 'f32', description: '32-bit floating point.' },
    INT8: {
      value: 'int8',
      description:
        '8-bit weights and activations in linear layers: faster and smaller, slightly less exact.',
    },
  },
});

/** What every field that asks a model takes. */
export const modelArgs = builder.args((t) => ({
  model: t.string({
    description: 'One of the served models. Default: the first.',
  }),
  precision: t.field({
    type: Precision,
    description:
      'Required precision: an error if the model is served in another. Without `model`, picks the first loaded model with this precision.',
  }),
}));

function smallModelNote(): string {
  const better = recommendedModel();
  return (
    'Answered by the small model that comes with ClipQL, which knows everyday things and is for trying things ' +
    `out. For better answers, start the server with --model ${better.id} (${megabytes(downloadBytes(better))}); ` +
    '`clipql models` lists more.'
  );
}

export const Model = builder.objectRef<LoadedModel>('Model');

builder.node(Model, {
  description: 'A loaded CLIP model.',
  id: { resolve: ({ clip }) => clip.info.name },
  loadOne: async (name, { models, use }) => {
    const isServed = models.list().some((served) => served.name === name);
    return isServed ? (await use(name)).model : undefined;
  },
  fields: (t) => ({
    name: t.string({
      description: 'Name of the model.',
      resolve: ({ clip }) => clip.info.name,
    }),
    parameters: t.float({
      description: 'Number of parameters, an integer: both towers and the logit scale.',
      resolve: ({ clip }) => clip.info.parameters,
    }),
    dimensions: t.int({
      description: 'Number of dimensions of an embedding.',
      resolve: ({ clip }) => clip.info.embeddingWidth,
    }),
    imageSize: t.int({
      description: 'Side of the square input image, in pixels.',
      resolve: ({ clip }) => clip.info.imageSize,
    }),
    contextLength: t.int({
      description:
        'Maximum tokens in a text, including start and end tokens. Longer texts are truncated.',
      resolve: ({ clip }) => clip.info.contextLength,
    }),
    logitScale: t.float({
      description: 'Factor from cosine to logit, learned in training.',
      resolve: ({ clip }) => clip.info.logitScale,
    }),
    logitBias: t.float({
      description: 'Added to a logit; 0 unless the model was trained with a sigmoid loss.',
      resolve: ({ clip }) => clip.info.logitBias,
    }),
    memoryBytes: t.float({
      description: 'Current memory of weights and working buffers in bytes, an integer.',
      resolve: ({ clip }) => clip.memoryBytes,
    }),
    backend: t.field({
      type: Backend,
      description: 'The backend that runs it.',
      resolve: ({ clip }) => clip.info.backend,
    }),
    embedded: t.exposeBoolean('embedded', {
      description: 'Whether this is the small model that comes with ClipQL.',
    }),
    note: t.string({
      nullable: true,
      description:
        'What to know before trusting the answers of the small model that comes with ClipQL.',
      resolve: ({ embedded }) => (embedded ? smallModelNote() : null),
    }),
  }),
});

builder.queryField('models', (t) =>
  t.field({
    type: [Model],
    description: 'The loaded models.',
    price: (_args, { models }) => ({ length: models.list().length }),
    resolve: (_root, _args, { models }) =>
      models.list().flatMap(({ loaded }) => (loaded === undefined ? [] : [loaded])),
  }),
);
