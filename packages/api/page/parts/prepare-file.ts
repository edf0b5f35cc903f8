import { TEXTS } from '../texts.ts';
import { byteText, megapixels } from './figures.ts';

/** A picture as it is sent: not the file itself where the server would not accept that. */
export interface PreparedFile {
  readonly file: File;
  /** An address of it in a size to look at; undefined where the browser cannot read it. */
  readonly preview: string | undefined;
  /** What was done to it, to be said; undefined for the file itself. */
  readonly change: string | undefined;
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
 * that the browser cannot read is left to the server.
 */
export async function prepareFile(file: File, limits: FileLimits): Promise<PreparedFile> {
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (bitmap === undefined) return { file, preview: undefined, change: undefined };
  try {
    const { width, height } = bitmap;
    const longer = Math.max(width, height);
    const small = await redraw(bitmap, Math.min(1, PREVIEW_SIDE / longer), 0.85);
    const preview = URL.createObjectURL(small);
    return { ...(await fitted(file, bitmap, limits)), preview };
  } finally {
    bitmap.close();
  }
}

async function fitted(
  file: File,
  bitmap: ImageBitmap,
  { imageBytes, imageMegapixels }: FileLimits,
): Promise<Pick<PreparedFile, 'file' | 'change'>> {
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
  return { file: new File([blob], file.name, { type: blob.type }), change };
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
