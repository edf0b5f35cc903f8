import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { schema } from './schema/index.ts';
import { schemaText } from './schema-text.ts';

test('schema.graphql is the schema; if not, `pnpm schema` writes it', async () => {
  const file = await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8');
  expect(file).toBe(schemaText(schema));
});

test('every type, field, argument and value is described', () => {
  // A description ends right before what it describes.
  const undescribed = schemaText(schema)
    .split('\n')
    .filter((line) => !/^ {2}(query|mutation|subscription): /.test(line))
    .filter((line, i, lines) => isDefinition(line) && !/"""$/.test(lines[i - 1] ?? ''));
  expect(undescribed).toEqual([]);
});

const isDefinition = (line: string) =>
  /^(type|enum|input|scalar|union|interface) |^ {2}[a-z]\w*[:(]|^ {4}[a-z]\w*:|^ {2}[A-Z_]+$/.test(
    line,
  );
