/** The page of browser.slow.test.ts and browser-hub.slow.test.ts: embeds what a test asks for, and searches. */
import {
  ClipError,
  type DownloadProgress,
  type HubOptions,
  type ImageInput,
  type LoadOptions,
  loadClip,
  modelFromBytes,
  modelFromHub,
} from '@clipql/core';
import { MODEL_URLS } from '../../examples/browser/model-urls.ts';
import { searchMadeUp } from './search.ts';

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

/** The embedding of a picture in each form that a page may have it in. @param picture its address. */
async function embedForms(picture: string): Promise<Readonly<Record<string, readonly number[]>>> {
  const bytes = await bytesAt(picture);
  const blob = new Blob([bytes as BlobPart]);
  const bitmap = await createImageBitmap(blob);
  const offscreen = new OffscreenCanvas(bitmap.width, bitmap.height);
  offscreen.getContext('2d')!.drawImage(bitmap, 0, 0);
  const size = { width: bitmap.width, height: bitmap.height };
  const canvas = Object.assign(document.createElement('canvas'), size);
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  const forms: Readonly<Record<string, ImageInput>> = {
    bytes,
    Blob: blob,
    File: new File([blob], 'picture'),
    'a relative URL': picture,
    URL: new URL(picture, location.href),
    'a blob URL': URL.createObjectURL(blob),
    ImageData: context.getImageData(0, 0, bitmap.width, bitmap.height),
    ImageBitmap: bitmap,
    'a canvas': canvas,
    OffscreenCanvas: offscreen,
  };
  const files: Record<string, Uint8Array> = {};
  for (const [file, url] of Object.entries(MODEL_URLS)) files[file] = await bytesAt(url);
  const clip = await loadClip(modelFromBytes('nano', files));
  const embeddings = await clip.encodeImages(Object.values(forms));
  clip.dispose();
  return Object.fromEntries(Object.keys(forms).map((form, i) => [form, [...embeddings[i]!]]));
}

export interface LoadedFromHub {
  readonly steps: readonly DownloadProgress[];
  readonly texts?: readonly (readonly number[])[];
  /** Of the ClipError where loading fails. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Loads a model by its id, and embeds texts with it. */
async function loadFromHub(
  id: string,
  options: HubOptions,
  texts: readonly string[],
): Promise<LoadedFromHub> {
  const steps: DownloadProgress[] = [];
  try {
    const model = modelFromHub(id, { ...options, onProgress: (step) => steps.push(step) });
    const clip = await loadClip(model);
    const embeddings = await clip.encodeTexts(texts);
    clip.dispose();
    return { steps, texts: embeddings.map((e) => [...e]) };
  } catch (error) {
    if (!(error instanceof ClipError)) throw error;
    return { steps, error: { code: error.code, message: error.message } };
  }
}

export type Embed = typeof embed;
export type EmbedForms = typeof embedForms;
export type LoadFromHub = typeof loadFromHub;

Object.assign(globalThis, { embed, embedForms, loadFromHub, searchMadeUp });
