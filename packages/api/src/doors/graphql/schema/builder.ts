import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { Context } from '../../../answers/context.ts';
import { checkNodeCount } from '../../../limits/answers.ts';
import '../prices/price-plugin.ts';
import { keptSets } from './label-set-price.ts';
import { decodeNodeId } from './node-id.ts';

/** Collects the schema. Fields are non-null unless they say otherwise. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: { File: { Input: File; Output: never } };
}>({
  defaultFieldNullability: false,
  plugins: [RelayPlugin, 'price'],
  relay: {
    decodeGlobalID: decodeNodeId,
    idFieldOptions: {
      description: 'Stays the same; `node` finds it again by it.',
      // A promise and a text of its own.
      price: { values: 4 },
    },
    nodeTypeOptions: { description: 'What can be found again by its id: a model, a label set.' },
    nodeQueryOptions: {
      nullable: true,
      description: 'What an id stands for; null for what is there no more.',
      args: { id: { description: 'As its `id` field gave it.' } },
      price: (_args, { labelSets }) => ({ holds: keptSets(labelSets) }),
    },
    nodesQueryOptions: {
      nullable: { list: false, items: true },
      description: 'What several ids stand for, in their order; null for what is there no more.',
      args: { ids: { description: 'As their `id` fields gave them.' } },
      price: ({ ids }, { labelSets }) => {
        checkNodeCount(ids.length);
        return { length: ids.length, holds: keptSets(labelSets) };
      },
    },
  },
});

builder.queryType({
  description: 'What CLIP can say of images and texts.',
});

builder.mutationType({
  description: 'What changes what the server keeps.',
});
