// Makes queries.generated.ts from queries.graphql and the server's schema. For a server elsewhere,
// give its schema file, or write it with `npx graphql-codegen` from the server's introspection.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SCHEMA = here('../../packages/api/schema.graphql');
export const GENERATED = here('queries.generated.ts');

export async function generate(): Promise<string> {
  const text = await codegen({
    filename: GENERATED,
    schema: parse(await readFile(SCHEMA, 'utf8')),
    documents: [
      {
        location: 'queries.graphql',
        document: parse(await readFile(here('queries.graphql'), 'utf8')),
      },
    ],
    config: {
      disableDescriptions: true,
      useTypeImports: true,
      strictScalars: true,
      scalars: {
        DateTime: 'string',
        Upload: 'File',
        Metadata: 'Record<string, unknown>',
        MetadataValue: 'string | number | boolean | string[]',
      },
    },
    plugins: [{ operations: {} }, { typedDocumentNode: {} }],
    pluginMap: { operations, typedDocumentNode },
  });
  return `// Made by generate.ts from queries.graphql; not to be edited.\n${text}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(GENERATED, await generate());
