// Embeds the images of a folder with @clipql/core, and finds the ones that fit a text best.
//
//   pnpm exec node examples/embed-folder/embed-folder.ts models/nano packages/api/examples "a photo of a mountain."
//
// `clipql embed --images` does more: it writes files, and goes on after it was stopped.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { ClipError, IMAGE_FORMATS, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';

const [model, folder, text] = process.argv.slice(2);
if (model === undefined || folder === undefined || text === undefined) {
  console.error('usage: embed-folder.ts MODEL FOLDER "a photo of a mountain."');
  process.exit(2);
}
const clip = await loadClip(await modelFromFolder(model));

const endings = IMAGE_FORMATS.flatMap((format) => format.endings);
const files = await readdir(folder);
const names = files.filter((name) => endings.includes(extname(name).toLowerCase()));
const embeddings = new Map<string, Float32Array>();
for (const name of names.sort()) {
  try {
    const [embedding] = await clip.encodeImages([await readFile(join(folder, name))]);
    embeddings.set(name, embedding!);
  } catch (error) {
    // A file that is no image costs its own place alone.
    if (!(error instanceof ClipError)) throw error;
    console.error(`${name}: ${error.message}`);
  }
}

const [wanted] = await clip.encodeTexts([text]);
const scored = [...embeddings].map(([name, embedding]) => ({
  name,
  // Both have length 1, so this is their cosine.
  cosine: embedding.reduce((sum, value, i) => sum + value * wanted![i]!, 0),
}));
const lines = scored
  .sort((a, b) => b.cosine - a.cosine)
  .map(({ name, cosine }) => `${cosine.toFixed(3)}  ${name}`);
console.log(lines.join('\n'));
clip.dispose();
