import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clip } from '@clipql/core';
import { probeImage } from '../doctor/probe-image.ts';
import { embedBatches } from '../embedding-file/embed-batches.ts';
import type { EmbeddingFile } from '../embedding-file/embedding-file.ts';
import type { RunHeader } from '../embedding-file/journal.ts';
import { openEmbeddingFile } from '../embedding-file/open-embedding-file.ts';
import { outputPaths } from '../embedding-file/output-paths.ts';
import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { readImageFile } from '../images/image-file.ts';
import { fingerprintOf, imagesInFolder, passedOverWarning } from '../images/image-folder.ts';
import { MAX_IMAGE_BYTES } from '../limits/images.ts';
import type { Flags } from '../settings/settings.ts';
import { version } from '../settings/version.ts';
import { withLocalSession } from './local-session.ts';
import { createProgress, type Progress } from './progress.ts';
import { errorLine, failed, reportError, warn } from './report.ts';

export interface EmbedImagesFlags extends Flags {
  readonly images: string;
  readonly out?: string;
  readonly raw?: true;
  readonly overwrite?: true;
  readonly quiet?: true;
}

/** Images between two saves; a run that is killed loses at most so many. */
const BATCH = 32;

/** `clipql embed --images DIR --out FILE` */
export async function embedImages(flags: EmbedImagesFlags): Promise<void> {
  const { images: folder, out, raw, overwrite = false, quiet = false } = flags;
  if (out === undefined)
    throw new ApiError('BAD_OPTION', 'expected --out FILE with --images, got none');
  // A name that says no format is better found before a large model is loaded.
  outputPaths(out);
  const { files, failures, passedOver } = await imagesInFolder(folder);
  if (files.length > 0 && passedOver !== '' && !quiet) warn(passedOverWarning(folder, passedOver));
  for (const failure of failures) reportError(failure.error, join(folder, failure.folder));
  if (files.length === 0) return;
  await withLocalSession(flags, async ({ model: { clip } }) => {
    const header = await runHeader(clip, folder, files, !raw);
    const file = await openEmbeddingFile(out, header, { batch: BATCH, overwrite });
    const progress = createProgress({
      unit: 'images',
      total: files.length,
      start: file.rowsDone,
      quiet,
    });
    const forgetSignals = sayWhatIsKept(file, progress, quiet);
    try {
      if (file.rowsDone > 0 && !quiet) progress.log(goesOn(file));
      await embedInto(file, files, folder, clip, progress);
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
  files: readonly string[],
  folder: string,
  clip: Clip,
  progress: Progress,
): Promise<void> {
  const { normalized: normalize } = file.header;
  const embedder = {
    prepare: async (name: string) =>
      clip.preprocess(await readImageFile(join(folder, name), MAX_IMAGE_BYTES)),
    encode: (pixels: Parameters<Clip['encodeImages']>[0]) =>
      clip.encodeImages(pixels, { normalize }),
  };
  for await (const rows of embedBatches(files.slice(file.rowsDone), embedder, BATCH)) {
    await file.append(rows);
    for (const { file: name, error } of rows) if (error) progress.log(errorLine(error, name));
    progress.update(file.rowsDone);
  }
}

async function runHeader(
  clip: Clip,
  folder: string,
  files: readonly string[],
  normalized: boolean,
): Promise<RunHeader> {
  const { name, embeddingWidth, imageSize } = clip.info;
  const [answer] = await clip.encodeImages([probeImage(imageSize)], { normalize: false });
  return {
    clipql: version(),
    model: name,
    computes: createHash('sha256').update(new Uint8Array(answer!.buffer)).digest('hex'),
    images: await fingerprintOf(folder, files),
    normalized,
    rows: files.length,
    dimensions: embeddingWidth,
  };
}

/** Rows are safe at any moment, so that a signal can end the process at once. */
function sayWhatIsKept(file: EmbeddingFile, progress: Progress, quiet: boolean): () => void {
  const stop = (signal: 'SIGINT' | 'SIGTERM') => {
    progress.end();
    const kept = `clipql: stopped; ${grouped(file.rowsDone)} of ${grouped(file.header.rows)} rows are kept, the same command goes on`;
    if (!quiet) process.stderr.write(`${kept}\n`);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return () => process.off('SIGINT', stop).off('SIGTERM', stop);
}

const goesOn = ({ rowsDone, header }: EmbeddingFile): string =>
  rowsDone === header.rows
    ? 'clipql: all rows are there from an earlier run'
    : `clipql: goes on after the ${grouped(rowsDone)} rows of an earlier run`;

function summary(out: string, { header, failures, listing }: EmbeddingFile): string {
  const without = failures === 0 ? '' : `, ${grouped(failures)} of them without an embedding`;
  return `clipql: ${out} has ${grouped(header.rows)} rows of ${header.dimensions} values${without}; ${listing} lists their files`;
}
