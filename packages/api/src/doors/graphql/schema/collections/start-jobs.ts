import { checkFilter } from '../../../../collections/check-filter.ts';
import { ApiError } from '../../../../errors/api-error.ts';
import { grouped } from '../../../../errors/grouped.ts';
import type { NewJobItem } from '../../../../jobs/job.ts';
import { checkNextModel } from '../../../../jobs/lease-space.ts';
import { readTable } from '../../../../jobs/tables/read-table.ts';
import {
  type TableFormat as Format,
  MAX_COLUMNS,
  MAX_ROWS,
  type TableColumns,
} from '../../../../jobs/tables/table.ts';
import {
  checkChangedItems,
  MAX_CHANGED_ITEMS,
  MAX_TABLE_TEXT,
} from '../../../../limits/collections.ts';
import { builder } from '../builder.ts';
import { changeBy } from '../change.ts';
import { filterOf, ItemFilter } from './item-filter.ts';
import { JobPayload } from './job-changes.ts';

const IndexItem = builder.inputType('IndexItem', {
  description: 'An image to index.',
  fields: (t) => ({
    url: t.string({
      required: true,
      description: 'Its http, https or data URL; with `folder`, a path from there on.',
    }),
    key: t.string({ description: 'Its key in the collection. Default: the URL.' }),
    metadata: t.field({
      type: 'Metadata',
      description: 'Its metadata. Default: that of the item that is there.',
    }),
  }),
});

const TableFormat = builder.enumType('TableFormat', {
  description: 'How a table is written.',
  values: {
    CSV: { description: 'Comma-separated values, with a header.' },
    TSV: { description: 'Tab-separated values, with a header.' },
    JSONL: { description: 'A JSON object in each line.' },
    PARQUET: { description: 'Apache Parquet.' },
  } satisfies Record<Format, { description: string }>,
});

const IndexTable = builder.inputType('IndexTable', {
  description: `A table with an image in each row: at most ${grouped(MAX_ROWS)} rows, with ${grouped(MAX_TABLE_TEXT)} characters in all, and ${grouped(MAX_COLUMNS)} columns.`,
  fields: (t) => ({
    file: t.field({
      type: 'Upload',
      required: true,
      description: 'A file of a multipart request.',
    }),
    format: t.field({ type: TableFormat, required: true, description: 'How it is written.' }),
    urlColumn: t.string({ required: true, description: 'The column with URLs.' }),
    keyColumn: t.string({ description: 'The column with keys. Default: that with URLs.' }),
    metadataColumns: t.stringList({
      description: 'Columns to keep as metadata. Default: all others.',
    }),
  }),
});

const StartIndexInput = builder.inputType('StartIndexInput', {
  description: 'Images to index: one of `items`, `table` and `folder`, or `items` in a `folder`.',
  fields: (t) => ({
    collection: t.string({ required: true, description: 'Name of the collection.' }),
    items: t.field({
      type: [IndexItem],
      description: `Images, at most ${grouped(MAX_CHANGED_ITEMS)}; a table takes millions.`,
    }),
    table: t.field({ type: IndexTable, description: 'A table of images.' }),
    folder: t.string({
      description: 'A folder of the server, one of `--folders` or below; all images in it.',
    }),
    thumbnails: t.boolean({ description: 'Whether to keep a thumbnail of each. Default: no.' }),
  }),
});

builder.mutationField('startIndex', (t) =>
  t.field({
    type: JobPayload,
    nullable: true,
    description:
      'Starts a job that adds images to a collection. The same key replaces an item, and unchanged bytes are not embedded again.',
    args: {
      input: t.arg({ type: StartIndexInput, required: true, description: 'What to index.' }),
    },
    price: {},
    resolve: (_root, { input }, context) =>
      changeBy(context, async () => {
        const { collections, jobs, owner } = context;
        const { folder, thumbnails } = input;
        const { name: collection, fields } = await collections.find(owner, input.collection);
        const items = itemsOf(input, fields);
        return jobs.submit({
          owner,
          collection,
          work: { kind: 'INDEX', folder: folder ?? undefined, thumbnails: thumbnails ?? false },
          ...(items && { items }),
        });
      }),
  }),
);

/** @throws ApiError BAD_INPUT for a list and a table. */
function itemsOf(
  { items, table }: typeof StartIndexInput.$inferInput,
  fields: Parameters<typeof readTable>[0]['fields'],
): AsyncIterable<readonly NewJobItem[]> | undefined {
  if (items != null && table != null) {
    throw new ApiError('BAD_INPUT', 'expected one of items and table, got both');
  }
  if (table != null) {
    const { file, format } = table;
    return readTable({ file, format, columns: columnsOf(table), fields });
  }
  if (items == null) return undefined;
  checkChangedItems(items.length);
  return batchOf(
    items.map(({ key, url, metadata }) => ({
      key: key ?? url,
      source: url,
      metadata: metadata ?? undefined,
    })),
  );
}

function columnsOf(table: typeof IndexTable.$inferInput): TableColumns {
  const { urlColumn: source, keyColumn: key, metadataColumns } = table;
  return {
    source,
    ...(key != null && { key }),
    ...(metadataColumns != null && { metadata: metadataColumns.map((column) => ({ column })) }),
  };
}

async function* batchOf(items: readonly NewJobItem[]) {
  yield items;
}

const StartReembedInput = builder.inputType('StartReembedInput', {
  description: 'A collection to move to another model.',
  fields: (t) => ({
    collection: t.string({ required: true, description: 'Name of the collection.' }),
    model: t.string({ required: true, description: 'One of the served models.' }),
  }),
});

builder.mutationField('startReembed', (t) =>
  t.field({
    type: JobPayload,
    nullable: true,
    description:
      'Starts a job that moves a collection to another model. The old vectors answer until all new ones are there.',
    args: {
      input: t.arg({ type: StartReembedInput, required: true, description: 'What to move.' }),
    },
    price: {},
    resolve: (_root, { input: { collection, model } }, { jobs, owner, ...context }) =>
      changeBy(context, async () => {
        await checkNextModel(
          context.models,
          await context.collections.find(owner, collection),
          model,
        );
        return jobs.submit({ owner, collection, work: { kind: 'REEMBED', model } });
      }),
  }),
);

const StartDeleteInput = builder.inputType('StartDeleteInput', {
  description: 'Items to delete.',
  fields: (t) => ({
    collection: t.string({ required: true, description: 'Name of the collection.' }),
    where: t.field({ type: ItemFilter, required: true, description: 'The items that pass.' }),
    dryRun: t.boolean({
      description: 'Whether to count them as `total`, and delete none. Default: no.',
    }),
  }),
});

builder.mutationField('startDelete', (t) =>
  t.field({
    type: JobPayload,
    nullable: true,
    description: 'Starts a job that deletes items by a filter, or counts them.',
    args: {
      input: t.arg({ type: StartDeleteInput, required: true, description: 'What to delete.' }),
    },
    price: {},
    resolve: (_root, { input: { collection, where, dryRun } }, { jobs, owner, ...context }) =>
      changeBy(context, async () => {
        const filter = filterOf(where);
        checkFilter(filter, (await context.collections.find(owner, collection)).fields);
        const work = { kind: 'DELETE', where: filter, dryRun: dryRun ?? false } as const;
        return jobs.submit({ owner, collection, work });
      }),
  }),
);
