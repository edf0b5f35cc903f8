import type { ParquetWriter } from 'hyparquet-writer';

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' } as const;
const OPTIONAL = { repetition_type: 'OPTIONAL' } as const;
const INTEGER = { type: 'INT32', ...OPTIONAL } as const;

/** A row an item; `metadata` is JSON. What is optional is null for an item whose vector was made elsewhere. */
export const SCHEMA: Schema = [
  { name: 'root', num_children: 11 },
  { name: 'key', ...TEXT },
  { name: 'source', ...TEXT },
  { name: 'content_hash', ...TEXT, ...OPTIONAL },
  { name: 'format', ...TEXT, ...OPTIONAL },
  { name: 'width', ...INTEGER },
  { name: 'height', ...INTEGER },
  { name: 'bytes', type: 'DOUBLE', ...OPTIONAL },
  { name: 'modified', type: 'DOUBLE', ...OPTIONAL },
  { name: 'metadata', ...TEXT },
  { name: 'thumbnail', type: 'BYTE_ARRAY', ...OPTIONAL },
  { name: 'embedding', converted_type: 'LIST', num_children: 1, repetition_type: 'REQUIRED' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
];

/** Under which the file's own metadata has the space of its embeddings. */
export const SPACE_KEYS = {
  hash: 'clipql.space.hash',
  model: 'clipql.space.model',
  dimensions: 'clipql.space.dimensions',
} as const;
