import type { BackendInfo, ClipInfo } from '@clipql/core';
import type { LoadedModel } from '../../../models/loaded-model.ts';
import type { ServedModel } from '../../../models/registry.ts';
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

/** What everything that asks a model takes, as arguments or in an input. */
export const MODEL_CHOICE = {
  model: { description: 'One of the served models. Default: the first.' },
  precision: {
    type: Precision,
    description:
      'Required precision: an error if the model is served in another. Without `model`, picks the first loaded model with this precision.',
  },
} as const;

export const modelArgs = builder.args((t) => ({
  model: t.string(MODEL_CHOICE.model),
  precision: t.field(MODEL_CHOICE.precision),
}));

function smallModelNote(): string {
  const better = recommendedModel();
  return (
    'Answered by the small model that comes with ClipQL, which knows everyday things and is for trying things ' +
    `out. For better answers, start the server with --model ${better.id} (${megabytes(downloadBytes(better))}); ` +
    '`clipql models` lists more.'
  );
}

/** One that is known to be loaded, or may not be. */
type KnownModel = LoadedModel | ServedModel;

const loadedOf = (model: KnownModel): LoadedModel | undefined =>
  'clip' in model ? model : model.loaded;

const nameOf = (model: KnownModel): string => ('clip' in model ? model.clip.info.name : model.name);

const infoOf = (model: KnownModel): ClipInfo | undefined => loadedOf(model)?.clip.info;

export const Model = builder.objectRef<KnownModel>('Model');

builder.node(Model, {
  description: 'A CLIP model that the server offers. What is nullable is null until it is loaded.',
  id: { resolve: nameOf },
  loadOne: (name, { models }) => models.list().find((served) => served.name === name),
  fields: (t) => ({
    name: t.string({ description: 'The name to pass as `model`.', resolve: nameOf }),
    loaded: t.boolean({
      description: 'Whether it is in memory; the first request for it loads it.',
      resolve: (model) => loadedOf(model) !== undefined,
    }),
    parameters: t.float({
      nullable: true,
      description: 'Number of parameters, an integer: both towers and the logit scale.',
      resolve: (model) => infoOf(model)?.parameters,
    }),
    dimensions: t.int({
      nullable: true,
      description: 'Number of dimensions of an embedding.',
      resolve: (model) => infoOf(model)?.embeddingWidth,
    }),
    imageSize: t.int({
      nullable: true,
      description: 'Side of the square input image, in pixels.',
      resolve: (model) => infoOf(model)?.imageSize,
    }),
    contextLength: t.int({
      nullable: true,
      description:
        'Maximum tokens in a text, including start and end tokens. Longer texts are truncated.',
      resolve: (model) => infoOf(model)?.contextLength,
    }),
    logitScale: t.float({
      nullable: true,
      description: 'Factor from cosine to logit, learned in training.',
      resolve: (model) => infoOf(model)?.logitScale,
    }),
    logitBias: t.float({
      nullable: true,
      description: 'Added to a logit; 0 unless the model was trained with a sigmoid loss.',
      resolve: (model) => infoOf(model)?.logitBias,
    }),
    memoryBytes: t.float({
      nullable: true,
      description: 'Current memory of weights and working buffers in bytes, an integer.',
      resolve: (model) => loadedOf(model)?.clip.memoryBytes,
    }),
    backend: t.field({
      type: Backend,
      nullable: true,
      description: 'The backend that runs it.',
      resolve: (model) => infoOf(model)?.backend,
    }),
    embedded: t.boolean({
      nullable: true,
      description: 'Whether this is the small model that comes with ClipQL.',
      resolve: (model) => loadedOf(model)?.embedded,
    }),
    note: t.string({
      nullable: true,
      description:
        'What to know before trusting the answers of the small model that comes with ClipQL.',
      resolve: (model) => (loadedOf(model)?.embedded ? smallModelNote() : null),
    }),
  }),
});

builder.queryField('models', (t) =>
  t.field({
    type: [Model],
    description: 'All models that the server offers, loaded or not. The first is the default.',
    price: (_args, { models }) => ({ length: models.list().length }),
    resolve: (_root, _args, { models }) => models.list(),
  }),
);
