import { TEXTS } from '../texts.ts';
import { byteText, megapixels } from './figures.ts';

/** A picture as it is sent: not the file itself where the server would not accept that. */
export interface FittedFile {
  readonly file: File;
  /** What was done to it, to be said; undefined for the file itself. */
  readonly change: string | undefined;
}

/** With a picture to show. */
export interface PreparedFile extends FittedFile {
  /** An address of it in a size to look at; undefined where the browser cannot read it. */
  readonly preview: string | undefined;
}

/** What the server accepts of a file. */
export interface FileLimits {
  readonly imageBytes: number;
  readonly imageMegapixels: number;
}

/** Pixels of the longer side of what is shown. */
const PREVIEW_SIDE = 1024;

/**
 * Makes a small picture to show, and scales the file down where the server would not accept it as it is. A file
 * that the browser cannot read, or cannot redraw, is left to the server.
 */
export async function prepareFile(file: File, limits: FileLimits): Promise<PreparedFile> {
  const prepared = await decoded(file, async (bitmap) => {
    const longer = Math.max(bitmap.width, bitmap.height);
    const small = await redraw(bitmap, Math.min(1, PREVIEW_SIDE / longer), 0.85);
    return { ...(await fitted(file, bitmap, limits)), preview: URL.createObjectURL(small) };
  });
  return prepared ?? { file, preview: undefined, change: undefined };
}

/**
 * The same without a picture to show, for many files: one is read as a whole only where it has to be scaled down.
 */
export async function fitFile(file: File, limits: FileLimits): Promise<FittedFile> {
  const isTooLarge = file.size > limits.imageBytes;
  if (!isTooLarge && (await pixelsOf(file)) <= limits.imageMegapixels * 1e6)
    return { file, change: undefined };
  const made = await decoded(file, (bitmap) => fitted(file, bitmap, limits));
  return made ?? { file, change: undefined };
}

/** @returns what is made of the picture; undefined where the browser cannot, as for want of memory. */
async function decoded<Made>(
  file: File,
  make: (bitmap: ImageBitmap) => Promise<Made>,
): Promise<Made | undefined> {
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  try {
    return bitmap && (await make(bitmap));
  } catch {
    return undefined;
  } finally {
    bitmap?.close();
  }
}

/** From the beginning of the file, which is not decoded; 0 where the browser cannot read it. */
async function pixelsOf(file: File): Promise<number> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = url;
    });
    return image.naturalWidth * image.naturalHeight;
  } catch {
    return 0;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Files that were scaled down, and what was made of them. */
const scaled = new WeakSet<File>();

/** Whether the file of this name on the user’s disk is another than the one that was sent. */
export const wasScaled = (file: File): boolean => scaled.has(file);

async function fitted(
  file: File,
  bitmap: ImageBitmap,
  { imageBytes, imageMegapixels }: FileLimits,
): Promise<FittedFile> {
  const pixels = bitmap.width * bitmap.height;
  const allowed = imageMegapixels * 1e6;
  if (pixels <= allowed && file.size <= imageBytes) return { file, change: undefined };
  let scale = Math.min(1, Math.sqrt(allowed / pixels) * 0.995);
  let blob = await redraw(bitmap, scale, 0.92);
  while (blob.size > imageBytes) {
    scale *= 0.7;
    blob = await redraw(bitmap, scale, 0.92);
  }
  const change =
    scale < 1
      ? TEXTS.pictures.scaled(megapixels(pixels), megapixels(pixels * scale ** 2))
      : TEXTS.pictures.scaledBytes(byteText(imageBytes));
  const sent = new File([blob], file.name, { type: blob.type });
  scaled.add(file).add(sent);
  return { file: sent, change };
}

async function redraw(bitmap: ImageBitmap, scale: number, quality: number): Promise<Blob> {
  const width = Math.max(1, Math.floor(bitmap.width * scale));
  const height = Math.max(1, Math.floor(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  // What is see-through would turn black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality });
}
