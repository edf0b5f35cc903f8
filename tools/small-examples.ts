// Makes the small pictures of the examples that the page shows: `pnpm small-examples`. The photographs are 2 MB.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXAMPLES } from '../packages/api/src/images/examples.ts';
import { thumbnail } from '../packages/api/src/jobs/thumbnails/thumbnail.ts';

/** Where the page has them. */
export const SMALL_EXAMPLES = fileURLToPath(
  new URL('../packages/api/page/examples/', import.meta.url),
);

const PHOTOGRAPHS = new URL('../packages/api/examples/', import.meta.url);

/** Each by its name, as the server makes thumbnails. Equal photographs give equal bytes. */
export async function smallExamples(): Promise<ReadonlyMap<string, Uint8Array>> {
  const made = new Map<string, Uint8Array>();
  for (const { file } of EXAMPLES)
    made.set(file, await thumbnail(readFileSync(new URL(file, PHOTOGRAPHS))));
  return made;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(SMALL_EXAMPLES, { recursive: true });
  for (const [file, bytes] of await smallExamples()) {
    writeFileSync(`${SMALL_EXAMPLES}${file}`, bytes);
    console.log(`${file}: ${bytes.length} bytes`);
  }
}
