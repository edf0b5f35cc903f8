// By this name vite finds the copy of graphql that Node gives to Pothos, and not index.mjs.
import { type GraphQLSchema, printSchema } from 'graphql';

/** A schema as `schema.graphql` holds it: laid out as the formatter of this repository does. */
export function schemaText(schema: GraphQLSchema): string {
  const text = printSchema(schema).replace(/^( *)"""(.+)"""$/gm, '$1"""\n$1$2\n$1"""');
  return `${text}\n`;
}
