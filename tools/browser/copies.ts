import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';

const exec = promisify(execFile);

/** Where copied code runs, and what it asks. */
export interface CopyPlace {
  /** Of the server, without a slash at the end. */
  readonly url: string;
  /** Has the files that the code names. */
  readonly folder: string;
}

const COPY_LANGUAGES = ['GraphQL', 'curl', 'TypeScript', 'Python'] as const;

/** Copies a panel's code in each language and runs it. @returns the value of the field that each asked for. */
export async function runCopies<Value>(
  page: Page,
  place: CopyPlace,
  title = 'Copy as',
): Promise<ReadonlyMap<string, Value>> {
  const panel = page.locator('.copy-as', { has: page.getByText(title, { exact: true }) });
  await panel.locator('summary').click();
  const values = new Map<string, Value>();
  for (const language of COPY_LANGUAGES) {
    await panel.getByRole('button', { name: language }).click();
    await panel.getByRole('button', { name: 'Copy', exact: true }).click();
    await panel.getByText('Copied.').waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    values.set(language, (await RUNNERS[language](text, place)) as Value);
  }
  await panel.locator('summary').click();
  return values;
}

type Runner = (text: string, place: CopyPlace) => Promise<unknown>;

const RUNNERS: Readonly<Record<(typeof COPY_LANGUAGES)[number], Runner>> = {
  GraphQL: async (text, { url, folder }) =>
    fieldOf(await (await fetch(`${url}/graphql`, await graphqlRequest(text, folder))).json()),
  curl: async (text, { folder }) =>
    fieldOf(JSON.parse((await exec('sh', ['-c', text], { cwd: folder })).stdout)),
  TypeScript: async (text, { folder }) => {
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'copied.ts'), text);
    return JSON.parse((await exec(process.execPath, ['copied.ts'], { cwd: folder })).stdout);
  },
  Python: async (text, { folder }) =>
    JSON.parse((await exec('python3', ['-c', text], { cwd: folder })).stdout),
};

/** The name of the file that a GraphQL document leaves to its reader. */
export const COPIED_FILE = 'my photo.jpg';

async function graphqlRequest(query: string, folder: string): Promise<RequestInit> {
  if (!query.includes('Upload!')) {
    const headers = { 'content-type': 'application/json' };
    return { method: 'POST', headers, body: JSON.stringify({ query }) };
  }
  const form = new FormData();
  form.append('operations', JSON.stringify({ query, variables: { file0: null } }));
  form.append('map', '{"0": ["variables.file0"]}');
  const bytes = await readFile(join(folder, COPIED_FILE));
  form.append('0', new Blob([new Uint8Array(bytes)]), COPIED_FILE);
  return { method: 'POST', body: form };
}

function fieldOf(answer: { readonly data?: Readonly<Record<string, unknown>> }): unknown {
  if (!answer.data) throw new Error(`expected data, got ${JSON.stringify(answer)}`);
  return Object.values(answer.data)[0];
}
