import { createHash } from 'node:crypto';
import type { Clip } from '@clipql/core';
import { probeImage } from '../doctor/probe-image.ts';
import { embedBatches } from '../embedding-file/embed-batches.ts';
import type { EmbeddingFile } from '../embedding-file/embedding-file.ts';
import { type FileVersion, versionOf } from '../embedding-file/file-version.ts';
import type { RunHeader } from '../embedding-file/journal.ts';
import { openEmbeddingFile } from '../embedding-file/open-embedding-file.ts';
import { outputPaths } from '../embedding-file/output-paths.ts';
import { ApiError } from '../errors/api-error.ts';
import { counted } from '../errors/counted.ts';
import { grouped } from '../errors/grouped.ts';
import { readImageFile } from '../images/image-file.ts';
import type { Inference } from '../inference/inference.ts';
import { MAX_OWN_IMAGE_BYTES } from '../limits/images.ts';
import type { Flags } from '../settings/settings.ts';
import { version } from '../settings/version.ts';
import { type FoundImage, findImages } from './find-images.ts';
import { withLocalSession } from './local-session.ts';
import { createProgress, type Progress } from './progress.ts';
import { errorLine, failed } from './report.ts';

export interface EmbedImagesFlags extends Flags {
  readonly images: readonly string[];
  readonly out?: string;
  readonly raw?: true;
  readonly overwrite?: true;
  readonly quiet?: true;
}

/** Images between two saves; a run that is killed loses at most so many. */
const BATCH = 32;

/** `clipql embed --images DIR --out FILE` */
export async function embedImages(flags: EmbedImagesFlags): Promise<void> {
  const { images, out, raw, overwrite = false, quiet = false } = flags;
  if (out === undefined)
    throw new ApiError('BAD_OPTION', 'expected --out FILE with --images, got none');
  // A name that says no format is better found before a large model is loaded.
  outputPaths(out);
  const found = await findImages(images, quiet);
  if (found.length === 0) return;
  const wanted: FileVersion[] = [];
  for (const { file, path } of found) wanted.push(await versionOf(file, path));
  await withLocalSession(flags, async ({ model: { clip, inference } }) => {
    const file = await openEmbeddingFile(out, await runHeader(clip, !raw), wanted, { overwrite });
    const progress = createProgress({
      unit: 'images',
      total: file.rows,
      start: file.rows - file.missing.length,
      quiet,
    });
    const forgetSignals = sayWhatIsKept(file, progress, quiet);
    try {
      if (!quiet && file.missing.length < file.rows) progress.log(goesOn(file));
      await embedInto(file, found, clip, inference, progress);
      await file.publish();
    } finally {
      progress.end();
      await file.close();
      forgetSignals();
    }
    if (!quiet) process.stderr.write(`${summary(out, file)}\n`);
    if (file.failures > 0) failed();
  });
}

async function embedInto(
  file: EmbeddingFile,
  found: readonly FoundImage[],
  clip: Clip,
  { decode, decodeThreads }: Inference,
  progress: Progress,
): Promise<void> {
  const { normalized: normalize } = file.header;
  const pathOf = new Map(found.map(({ file: name, path }) => [name, path]));
  const embedder = {
    prepare: async (name: string) =>
      (await decode(await readImageFile(pathOf.get(name)!, MAX_OWN_IMAGE_BYTES))).pixels,
    // One more is read while the threads are busy.
    atOnce: decodeThreads + 1,
    encode: (pixels: Parameters<Clip['encodeImages']>[0]) =>
      clip.encodeImages(pixels, { normalize }),
  };
  const { missing } = file;
  let left = missing.length;
  for await (const rows of embedBatches(missing, embedder, BATCH)) {
    await file.append(rows);
    for (const { file: name, error } of rows) if (error) progress.log(errorLine(error, name));
    left -= rows.length;
    progress.update(file.rows - left);
  }
}

async function runHeader(clip: Clip, normalized: boolean): Promise<RunHeader> {
  const { name, embeddingWidth, imageSize } = clip.info;
  const [answer] = await clip.encodeImages([probeImage(imageSize)], { normalize: false });
  return {
    clipql: version(),
    model: name,
    computes: createHash('sha256').update(new Uint8Array(answer!.buffer)).digest('hex'),
    normalized,
    dimensions: embeddingWidth,
  };
}

/** Rows are safe at any moment, so that a signal can end the process at once. */
function sayWhatIsKept(file: EmbeddingFile, progress: Progress, quiet: boolean): () => void {
  const stop = (signal: 'SIGINT' | 'SIGTERM') => {
    progress.end();
    const safe = file.rows - file.missing.length;
    const kept = `clipql: stopped; ${grouped(safe)} of ${grouped(file.rows)} rows are kept, the same command goes on`;
    if (!quiet) process.stderr.write(`${kept}\n`);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return () => process.off('SIGINT', stop).off('SIGTERM', stop);
}

function goesOn({ rows, missing, wasComplete }: EmbeddingFile): string {
  if (wasComplete) return 'clipql: all rows are there from an earlier run';
  const kept = rows - missing.length;
  const keptRows = counted(kept, 'row is', 'rows are');
  const left = counted(missing.length, 'is', 'are');
  return `clipql: ${keptRows} kept from an earlier run, ${left} to be made`;
}

function summary(out: string, { header, rows, failures, listing }: EmbeddingFile): string {
  const without = failures === 0 ? '' : `, ${grouped(failures)} of them without an embedding`;
  const has = `${counted(rows, 'row')} of ${grouped(header.dimensions)} values`;
  return `clipql: ${out} has ${has}${without}; ${listing} lists their files`;
}
