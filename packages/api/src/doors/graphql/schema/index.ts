import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
// Each adds its types and its queries to the builder.
import './classify.ts';
import './embedding.ts';
import './image-embedding.ts';
import './label-set.ts';
import './model.ts';
import './served-model.ts';
import './similarity.ts';
import './text-embedding.ts';

/** The whole API. */
export const schema: GraphQLSchema = builder.toSchema();
