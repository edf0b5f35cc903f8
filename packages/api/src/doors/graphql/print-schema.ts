import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { schema } from './schema/index.ts';
import { schemaText } from './schema-text.ts';

// Writes `schema.graphql`; with `--check` only tells, by its exit code, whether it is up to date.
const FILE = fileURLToPath(new URL('../../../schema.graphql', import.meta.url));

const text = schemaText(schema);
if (!process.argv.includes('--check')) {
  await writeFile(FILE, text);
} else if ((await readFile(FILE, 'utf8').catch(() => '')) !== text) {
  process.stderr.write('clipql: schema.graphql differs from the schema: `pnpm schema` writes it\n');
  process.exitCode = 1;
}
