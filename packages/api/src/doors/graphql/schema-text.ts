import { type GraphQLSchema, printSchema } from 'graphql';

/** A schema as `schema.graphql` holds it: laid out as the formatter of this repository does. */
export function schemaText(schema: GraphQLSchema): string {
  const text = printSchema(schema).replace(/^( *)"""(.+)"""$/gm, '$1"""\n$1$2\n$1"""');
  return `${text}\n`;
}
