import { EXAMPLES } from '../../src/images/examples.ts';
import type { PreparedFile } from '../parts/prepare-file.ts';
import type { Value } from '../server/operation.ts';

interface Score {
  readonly index: number;
  readonly label: string;
  readonly probability: number | null;
  readonly cosine: number;
}

/** What the server says of a picture. */
export interface Answer {
  readonly calibrated: boolean;
  readonly scores: readonly Score[];
  readonly image: { readonly format: string; readonly width: number; readonly height: number };
  readonly timing: { readonly total: number };
  readonly model: { readonly name: string; readonly note: string | null };
  readonly warnings: readonly string[];
}

/** Where a picture comes from: the user’s machine, or an address that the server reads. */
type PictureSource =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'url'; readonly url: string };

/** The outcome of a question; `key` says which. */
export type Outcome =
  | { readonly key: string; readonly answer: Answer; readonly error?: undefined }
  | { readonly key: string; readonly error: Error; readonly answer?: undefined };

export interface Picture {
  readonly id: number;
  readonly name: string;
  readonly source: PictureSource;
  /** Undefined until a file has been looked at; never of an address. */
  readonly prepared?: PreparedFile | undefined;
  /** Of the last question that was answered. */
  readonly outcome?: Outcome | undefined;
}

let lastId = 0;

export const fromFile = (file: File): Picture => ({
  id: ++lastId,
  name: file.name,
  source: { kind: 'file', file },
});

export const fromUrl = (url: string): Picture => ({
  id: ++lastId,
  name: url.startsWith('data:') ? 'data:' : url.split('/').at(-1) || url,
  source: { kind: 'url', url },
});

/** As GraphQL’s `ImageInput`; undefined while it is being prepared. */
export function imageInput({ source, prepared }: Picture): Value | undefined {
  if (source.kind === 'url') return { url: source.url };
  return prepared && { upload: prepared.file };
}

/** As the user has it, for the code that reads it from their disk. */
export const ownImageInput = ({ source }: Picture): Value =>
  source.kind === 'url' ? { url: source.url } : { upload: source.file };

/**
 * Where the browser finds a picture to show. One at an address of another host is not loaded before the
 * server has read it, which refuses what is not public.
 */
export function previewOf({ source, prepared, outcome }: Picture): string | undefined {
  if (source.kind === 'file') return prepared?.preview;
  const { url } = source;
  const isExample = EXAMPLES.some(({ file }) => url === `/examples/${file}`);
  const isShown = isExample || url.startsWith('data:') || outcome?.answer !== undefined;
  return isShown ? url.replace(/^\//, '') : undefined;
}

/** Whether its best label is too unlikely to be the answer. */
export function isRejected({ scores: [best] }: Answer, rejectBelow: number): boolean {
  return best !== undefined && (best.probability ?? best.cosine) < rejectBelow;
}
