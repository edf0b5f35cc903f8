import { mkdir, open, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { ApiError } from '../errors/api-error.ts';
import { lockOutput } from '../files/output-lock.ts';
import { writing } from '../files/writing.ts';
import { sizeOf, syncFolder } from './disk.ts';
import {
  EmbeddingFile,
  finishPublishing,
  isSettled,
  type NewRow,
  type Progress,
} from './embedding-file.ts';
import { type FileVersion, identityOf } from './file-version.ts';
import {
  type Entry,
  firstDifference,
  type Journal,
  jsonLine,
  type RunHeader,
  readJournal,
} from './journal.ts';
import { type Listing, readListing } from './listing.ts';
import { type OutputPaths, outputPaths } from './output-paths.ts';
import { ChangedOutputError, readOutput } from './read-output.ts';
import type { OutputRow } from './stored-rows.ts';

export interface OpenOptions {
  /** Whether another run's output, or the beginning of one, may be replaced. */
  readonly overwrite: boolean;
}

/**
 * Begins an output, goes on where a killed run ended, or finds it complete. Rows of a complete one
 * whose files are still wanted and were not changed are kept.
 *
 * @param out ends in .npy, .jsonl or .parquet.
 * @param wanted the files of its rows, in their order.
 * @throws ApiError OUTPUT_EXISTS for what a run of another header made or began, or what ClipQL did
 *   not make; OUTPUT_BUSY while another process writes it; OUTPUT_UNWRITABLE; BAD_OPTION for a name
 *   that says no format.
 */
export async function openEmbeddingFile(
  out: string,
  header: RunHeader,
  wanted: readonly FileVersion[],
  { overwrite }: OpenOptions,
): Promise<EmbeddingFile> {
  const paths = outputPaths(out);
  return writing(out, async () => {
    const lock = await lockOutput(paths);
    try {
      await mkdir(paths.folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      await recover(paths);
      const begun = await begunRun(paths, header, overwrite);
      const complete = overwrite ? undefined : await completeRun(paths, header);
      if (complete !== undefined && isUpToDate(complete, wanted)) {
        await rm(paths.folder, { recursive: true });
        const { entries } = complete;
        return new EmbeddingFile(paths, header, wanted, lock, { entries, files: undefined });
      }
      const safe = begun ? await goOn(paths, begun) : await begin(paths, header);
      const file = new EmbeddingFile(paths, header, wanted, lock, safe);
      if (complete === undefined) return file;
      try {
        await keepRows(file, paths, complete);
        return file;
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}

/** Ends what a run was doing that was killed while its output appeared. */
async function recover(paths: OutputPaths): Promise<void> {
  const hasListing = (await sizeOf(paths.nextListing)) !== undefined;
  const hasOutput = (await sizeOf(paths.converted)) !== undefined;
  if (hasListing && !hasOutput) {
    await finishPublishing(paths);
    await mkdir(paths.folder);
    return;
  }
  // The listing first: alone it would say that the output has appeared.
  await rm(paths.nextListing, { force: true });
  await rm(paths.converted, { force: true });
}

/** What a killed run left. */
async function begunRun(
  paths: OutputPaths,
  header: RunHeader,
  overwrite: boolean,
): Promise<Journal | undefined> {
  const begun = await readJournal(paths.journal);
  const difference = begun && firstDifference(header, begun.header);
  if (difference === undefined) return begun;
  if (!overwrite) throw exists(`${paths.folder} was begun`, difference);
  return undefined;
}

/** What is there of a run that came to its end. */
async function completeRun(paths: OutputPaths, header: RunHeader): Promise<Listing | undefined> {
  if ((await sizeOf(paths.out)) === undefined) return undefined;
  const complete = await readListing(paths.listing);
  if (complete === undefined) throw exists(`${paths.out} is there`, undefined);
  const difference = firstDifference(header, complete.header);
  if (difference !== undefined) throw exists(`${paths.out} was made`, difference);
  return complete;
}

function isUpToDate({ entries }: Listing, wanted: readonly FileVersion[]): boolean {
  if (entries.length !== wanted.length) return false;
  return entries.every(
    (entry, row) => isSettled(entry) && identityOf(entry) === identityOf(wanted[row]!),
  );
}

/** A new run: its journal appears when the file of its values is there. */
async function begin(paths: OutputPaths, header: RunHeader): Promise<Progress> {
  await rm(paths.journal, { force: true });
  await writeFile(paths.values, '', { flush: true });
  await writeFile(paths.converted, jsonLine(header), { flush: true });
  await rename(paths.converted, paths.journal);
  await syncFolder(paths.folder);
  return openAt(paths, []);
}

/** Keeps the batches whose values and line are both whole. */
async function goOn(paths: OutputPaths, { header, batches, ends }: Journal): Promise<Progress> {
  const bytes = (await sizeOf(paths.values)) ?? 0;
  const rowBytes = header.dimensions * Float32Array.BYTES_PER_ELEMENT;
  const entries: Entry[] = [];
  let kept = 0;
  for (const batch of batches) {
    if ((entries.length + batch.length) * rowBytes > bytes) break;
    entries.push(...batch);
    kept += 1;
  }
  await truncate(paths.journal, ends[kept]!);
  return openAt(paths, entries);
}

async function openAt(paths: OutputPaths, entries: readonly Entry[]): Promise<Progress> {
  const values = await open(paths.values, 'r+');
  const journal = await open(paths.journal, 'a');
  return { entries, files: { values, journal } };
}

/**
 * Takes over what a complete output holds of files that are still wanted and were not changed.
 *
 * @throws ApiError OUTPUT_EXISTS where it does not hold what its listing says.
 */
async function keepRows(file: EmbeddingFile, paths: OutputPaths, complete: Listing): Promise<void> {
  const missing = new Set(file.missing.map(identityOf));
  try {
    for await (const rows of readOutput(paths.out, paths.format, complete)) {
      const kept = rows.filter((row) => isSettled(row) && missing.delete(identityOf(row)));
      if (kept.length > 0) await file.append(kept.map(toNewRow));
    }
  } catch (error) {
    if (!(error instanceof ChangedOutputError)) throw error;
    throw exists(`${paths.out} is not what ${paths.listing} lists`, undefined);
  }
}

const toNewRow = ({ file, bytes, modified, error, values }: OutputRow): NewRow =>
  error ? { file, bytes, modified, error } : { file, bytes, modified, embedding: values };

/** Which field of the header tells the runs apart, in words. */
const DIFFERENCES: Readonly<Record<keyof RunHeader, string>> = {
  clipql: 'by another version of ClipQL',
  model: 'with another model',
  computes:
    'with other weights, another --precision or --backend, or on a machine that rounds otherwise',
  normalized: 'with or without --raw, unlike now',
  dimensions: 'with another model',
};

function exists(what: string, difference: keyof RunHeader | undefined): ApiError {
  const how = difference === undefined ? '' : ` ${DIFFERENCES[difference]}`;
  return new ApiError('OUTPUT_EXISTS', `${what}${how}; --overwrite replaces it`);
}
