import SchemaBuilder from '@pothos/core';
import type { Context } from './context.ts';

/** Collects the schema. Fields are non-null unless they say otherwise. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: { File: { Input: File; Output: never } };
}>({ defaultFieldNullability: false });

builder.queryType({
  description: 'What CLIP can say of images and texts.',
});
