// Makes the small pictures of the examples that the page shows: `pnpm small-examples`. The photographs are 2 MB.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXAMPLES } from '../packages/api/src/images/examples.ts';
import { createThumbnails } from '../packages/api/src/jobs/thumbnails/make-thumbnail.ts';

/** Where the page has them. */
export const SMALL_EXAMPLES = fileURLToPath(
  new URL('../packages/api/page/examples/', import.meta.url),
);

const PHOTOGRAPHS = new URL('../packages/api/examples/', import.meta.url);

/** Each by its name, as the server makes thumbnails. Equal photographs give equal bytes. */
export async function smallExamples(): Promise<ReadonlyMap<string, Uint8Array>> {
  const thumbnails = createThumbnails(false);
  const made = new Map<string, Uint8Array>();
  for (const { file } of EXAMPLES) {
    const small = await thumbnails.make(
      readFileSync(new URL(file, PHOTOGRAPHS)),
      new AbortController().signal,
    );
    if (small === undefined) throw new Error(`expected a photograph, got ${file}`);
    made.set(file, small);
  }
  await thumbnails.close();
  return made;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(SMALL_EXAMPLES, { recursive: true });
  for (const [file, bytes] of await smallExamples()) {
    writeFileSync(`${SMALL_EXAMPLES}${file}`, bytes);
    console.log(`${file}: ${bytes.length} bytes`);
  }
}
