import type { BackendInfo } from '@clipql/core';
import type { LoadedModel } from '../../../models/loaded-model.ts';
import { builder } from './builder.ts';

const Backend = builder.objectRef<BackendInfo>('Backend').implement({
  description: 'What runs a model.',
  fields: (t) => ({
    name: t.exposeString('name', { description: '`wasm`, `gpu` or `reference`.' }),
    precision: t.exposeString('precision', {
      description: 'The number format it computes in, for example `f32`.',
    }),
    simd: t.exposeString('simd', {
      nullable: true,
      description: 'Which build of the kernels runs, on WebAssembly: `plain` or `relaxed`.',
    }),
    mode: t.exposeString('mode', {
      nullable: true,
      description: 'What gpu.js computes with, on the GPU: `webgpu`.',
    }),
    adapter: t.exposeString('adapter', {
      nullable: true,
      description: 'The graphics adapter, as its driver names it.',
    }),
    executor: t.exposeString('executor', {
      nullable: true,
      description: 'How gpu.js runs a forward pass; `fused-encoder` is in one submission.',
    }),
    threads: t.exposeInt('threads', { description: 'How many threads it computes with.' }),
  }),
});

const Precision = builder.enumType('Precision', {
  description: 'The number format that a model computes in.',
  values: {
    F32: { value: 'f32', description: 'Float32.' },
    INT8: {
      value: 'int8',
      description:
        'Weights and activations of linear layers in 8 bits: faster, a little less exact.',
    },
  },
});

/** What every field that asks a model takes. */
export const modelArgs = builder.args((t) => ({
  model: t.string({
    description: 'The model to ask, one of those that are served; the first of them unless given.',
  }),
  precision: t.field({
    type: Precision,
    description:
      'An error unless the model is served in it. Without `model`, the first loaded one that is.',
  }),
}));

export const Model = builder.objectRef<LoadedModel>('Model');

builder.node(Model, {
  description: 'A CLIP model that is loaded.',
  id: { resolve: ({ clip }) => clip.info.name },
  loadOne: async (name, { models, use }) => {
    const isServed = models.list().some((served) => served.name === name);
    return isServed ? (await use(name)).model : undefined;
  },
  fields: (t) => ({
    name: t.string({
      description: "The name of the model's folder.",
      resolve: ({ clip }) => clip.info.name,
    }),
    parameters: t.float({
      description: 'Parameters of both towers and the logit scale. A whole number.',
      resolve: ({ clip }) => clip.info.parameters,
    }),
    dimensions: t.int({
      description: 'The length of an embedding.',
      resolve: ({ clip }) => clip.info.embeddingWidth,
    }),
    imageSize: t.int({
      description: 'The side of the square that an image is brought to, in pixels.',
      resolve: ({ clip }) => clip.info.imageSize,
    }),
    contextLength: t.int({
      description: 'The most tokens of a text, start and end tokens included; the rest is cut.',
      resolve: ({ clip }) => clip.info.contextLength,
    }),
    logitScale: t.float({
      description: 'What a cosine is multiplied by to give a logit; learned in training.',
      resolve: ({ clip }) => clip.info.logitScale,
    }),
    memoryBytes: t.float({
      description: 'Bytes that its weights and working memory take now. A whole number.',
      resolve: ({ clip }) => clip.memoryBytes,
    }),
    backend: t.field({
      type: Backend,
      description: 'What runs it.',
      resolve: ({ clip }) => clip.info.backend,
    }),
    embedded: t.exposeBoolean('embedded', {
      description: 'Whether it is the small model that comes with ClipQL.',
    }),
  }),
});

builder.queryField('models', (t) =>
  t.field({
    type: [Model],
    description: 'The models that are loaded.',
    price: (_args, { models }) => ({ length: models.list().length }),
    resolve: (_root, _args, { models }) =>
      models.list().flatMap(({ loaded }) => (loaded === undefined ? [] : [loaded])),
  }),
);
