/** The page of browser.slow.test.ts: embeds what the test asks for. */
import { type LoadOptions, loadClip, modelFromBytes } from '@clipql/core';
import { MODEL_URLS } from '../../examples/browser/model-urls.ts';

export interface Embedded {
  readonly backend: { readonly name: string; readonly mode?: string; readonly threads: number };
  readonly image: readonly number[];
  readonly texts: readonly (readonly number[])[];
}

const bytesAt = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

/** @param photograph its address. @param texts to embed beside it. */
async function embed(
  options: LoadOptions,
  photograph: string,
  texts: readonly string[],
): Promise<Embedded> {
  const files: Record<string, Uint8Array> = {};
  for (const [file, url] of Object.entries(MODEL_URLS)) files[file] = await bytesAt(url);
  const clip = await loadClip(modelFromBytes('nano', files), options);
  const [image] = await clip.encodeImages([await bytesAt(photograph)]);
  const embeddings = await clip.encodeTexts(texts);
  clip.dispose();
  return { backend: clip.info.backend, image: [...image!], texts: embeddings.map((e) => [...e]) };
}

export type Embed = typeof embed;

Object.assign(globalThis, { embed });
