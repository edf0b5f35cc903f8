import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { Context } from '../../../answers/context.ts';
import type { Metadata, MetadataValue } from '../../../collections/item.ts';
import { checkNodeCount } from '../../../limits/answers.ts';
import '../prices/price-plugin.ts';
import { keptSets } from './label-set-price.ts';
import { decodeNodeId } from './node-id.ts';

/** Collects the schema. Fields are non-null unless they say otherwise. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    Upload: { Input: File; Output: never };
    DateTime: { Input: never; Output: string };
    Metadata: { Input: Metadata; Output: Metadata };
    MetadataValue: { Input: MetadataValue; Output: MetadataValue };
  };
}>({
  defaultFieldNullability: false,
  plugins: [RelayPlugin, 'price'],
  relay: {
    decodeGlobalID: decodeNodeId,
    idFieldOptions: {
      description: 'A stable id, which `node` looks up.',
      // A promise and a text of its own.
      price: { values: 4 },
    },
    pageInfoTypeOptions: { description: 'Where a page lies in its list.' },
    hasNextPageFieldOptions: { description: 'Whether there is more after this page.' },
    hasPreviousPageFieldOptions: { description: 'Always false: lists are read forward.' },
    startCursorFieldOptions: { description: 'Cursor of the first entry.' },
    endCursorFieldOptions: { description: 'Cursor of the last entry: `after` for the next page.' },
    nodeTypeOptions: { description: 'An object with an id.' },
    nodeQueryOptions: {
      nullable: true,
      description: 'Looks up an object by its id; null if it no longer exists.',
      args: { id: { description: 'The value of its `id` field.' } },
      price: (_args, { labelSets }) => ({ holds: keptSets(labelSets) }),
    },
    nodesQueryOptions: {
      nullable: { list: true, items: true },
      description:
        'Looks up several objects by their ids, in their order; null for those that no longer exist.',
      args: { ids: { description: 'The values of their `id` fields.' } },
      price: ({ ids }, { labelSets }) => {
        checkNodeCount(ids.length);
        return { length: ids.length, holds: keptSets(labelSets) };
      },
    },
  },
});

builder.queryType({
  description: 'Zero-shot classification, embeddings, similarity and search of images and texts.',
});

builder.mutationType({
  description: 'Changes to label sets, classifiers and collections, jobs and pictures.',
});
