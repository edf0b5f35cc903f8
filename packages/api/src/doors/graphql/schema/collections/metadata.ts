import type { FieldType } from '../../../../collections/collection.ts';
import type { Metadata, MetadataValue } from '../../../../collections/item.ts';
import { ApiError } from '../../../../errors/api-error.ts';
import { shownValue } from '../../../../errors/one-line.ts';
import { builder } from '../builder.ts';

/** Values that an item’s metadata weighs in an answer: a few hundred bytes. */
const METADATA_VALUES = 8;

builder.scalarType('Metadata', {
  description:
    'An object of field names and values: texts, numbers, booleans and lists of texts. A text such as `2026-01-31` or `2026-01-31T12:00:00Z` is a date.',
  serialize: (metadata) => metadata,
  parseValue: parseMetadata,
});

builder.scalarType('MetadataValue', {
  description: 'A text, a number, a boolean or a list of texts.',
  serialize: (value) => value,
  parseValue: (value) => parseMetadataValue(value),
});

function parseMetadata(value: unknown): Metadata {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError('BAD_INPUT', `expected metadata as an object, got ${shownValue(value)}`);
  }
  // What has no value is not there.
  const fields = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(
    fields.map(([name, one]) => [name, parseMetadataValue(one, ` as field ${shownValue(name)}`)]),
  );
}

/** @param where it stands, for the message. */
function parseMetadataValue(value: unknown, where = ''): MetadataValue {
  if (['string', 'number', 'boolean'].includes(typeof value)) return value as MetadataValue;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw new ApiError(
    'BAD_INPUT',
    `expected a text, a number, a boolean or a list of texts${where}, got ${shownValue(value)}`,
  );
}

export const METADATA_PRICE = { values: METADATA_VALUES };

const MetadataType = builder.enumType('MetadataType', {
  description: 'What the values of a metadata field are.',
  values: {
    TEXT: { description: 'Texts.' },
    NUMBER: { description: 'Numbers.' },
    BOOLEAN: { description: 'True or false.' },
    DATE: { description: 'Dates in ISO 8601.' },
    TEXTS: { description: 'Lists of texts.' },
  } satisfies Record<FieldType, { description: string }>,
});

interface MetadataField {
  readonly name: string;
  readonly type: FieldType;
}

export const MetadataField = builder.objectRef<MetadataField>('MetadataField').implement({
  description: 'A field that items of a collection have in their metadata.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name to filter and order by.' }),
    type: t.expose('type', { type: MetadataType, description: 'What its values are.' }),
  }),
});
