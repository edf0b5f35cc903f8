import { type Machine as Facts, thisMachine } from '../../../models/machine.ts';
import type { Choice } from '../../../models/recommend.ts';
import { downloadBytes, memoryBytes } from '../../../models/requirements.ts';
import { builder } from './builder.ts';

const FittingModel = builder.objectRef<Choice>('FittingModel').implement({
  description: 'A published model that fits into the machine’s memory.',
  fields: (t) => ({
    id: t.string({ description: 'What `--model` takes.', resolve: ({ model }) => model.id }),
    precision: t.exposeString('precision', {
      description: '`f32`, or `int8` where only that fits.',
    }),
    downloadBytes: t.float({
      description: 'Bytes of its download.',
      resolve: ({ model }) => downloadBytes(model),
    }),
    memoryBytes: t.float({
      description: 'Bytes of its weights in memory.',
      resolve: ({ model, precision }) => memoryBytes(model, precision),
    }),
  }),
});

const Machine = builder.objectRef<Facts>('Machine').implement({
  description: 'What the machine has that the server runs on.',
  fields: (t) => ({
    processors: t.exposeInt('processors', {
      description: 'Processors that the process may use.',
    }),
    memoryBytes: t.exposeFloat('memoryBytes', {
      description: 'Bytes of memory that the process may use.',
    }),
    recommended: t.field({
      type: FittingModel,
      nullable: true,
      description: 'The published model to try first; null where none fits.',
      resolve: ({ recommended }) => recommended ?? null,
    }),
    mostAccurate: t.field({
      type: FittingModel,
      nullable: true,
      description: 'The most accurate one that fits, where that is another.',
      resolve: ({ mostAccurate }) => mostAccurate ?? null,
    }),
  }),
});

builder.queryField('machine', (t) =>
  t.field({
    type: Machine,
    description: 'What the machine has, and which published models it can run.',
    price: {},
    resolve: thisMachine,
  }),
);
