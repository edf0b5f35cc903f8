import { mkdir, open, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ApiError } from '../errors/api-error.ts';
import { sizeOf, syncFolder, writing } from './disk.ts';
import { EmbeddingFile, type Progress } from './embedding-file.ts';
import {
  firstDifference,
  type Journal,
  journalLine,
  type RunHeader,
  readJournal,
} from './journal.ts';
import { NPY_HEADER_BYTES, npyHeader } from './npy.ts';
import { lockOutput } from './output-lock.ts';
import { type OutputPaths, outputPaths } from './output-paths.ts';

export interface OpenOptions {
  /** Rows that are appended together: a run goes on at a multiple of it. */
  readonly batch: number;
  /** Whether another run's output, or the beginning of one, may be replaced. */
  readonly overwrite: boolean;
}

/**
 * Begins an output, goes on where a killed run of the same header ended, or finds it complete.
 *
 * @param out ends in .npy, .jsonl or .parquet.
 * @throws ApiError OUTPUT_EXISTS for what another run made or began; OUTPUT_BUSY while another
 *   process writes it; OUTPUT_UNWRITABLE; BAD_OPTION for a name that says no format.
 */
export async function openEmbeddingFile(
  out: string,
  header: RunHeader,
  options: OpenOptions,
): Promise<EmbeddingFile> {
  const paths = outputPaths(out);
  return writing(out, async () => {
    const lock = await lockOutput(paths);
    try {
      await mkdir(paths.folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      return new EmbeddingFile(paths, header, lock, await openLocked(paths, header, options));
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}

async function openLocked(
  paths: OutputPaths,
  header: RunHeader,
  { batch, overwrite }: OpenOptions,
): Promise<Progress> {
  const begun = await readJournal(paths.journal);
  if (begun !== undefined) {
    const difference = firstDifference(header, begun.header);
    if (difference === undefined) return goOn(paths, begun, batch, overwrite);
    if (!overwrite) throw exists(`${paths.folder} was begun`, difference);
  }
  if (!overwrite && (await sizeOf(paths.out)) !== undefined) {
    const complete = await readJournal(paths.listing);
    const difference = complete && firstDifference(header, complete.header);
    // Nothing was begun: what made the folder is this run, or the complete one, killed at its very end.
    await rm(paths.folder, { recursive: true });
    if (complete === undefined) throw exists(`${paths.out} is there`, undefined);
    if (difference !== undefined) throw exists(`${paths.out} was made`, difference);
    return { entries: complete.entries, files: undefined };
  }
  return begin(paths, header);
}

/** A new output: its journal appears when the rows' file is there. */
async function begin(paths: OutputPaths, header: RunHeader): Promise<Progress> {
  await rm(paths.journal, { force: true });
  await writeFile(paths.rows, npyHeader(header.rows, header.dimensions), { flush: true });
  await writeFile(paths.converted, journalLine(header), { flush: true });
  await rename(paths.converted, paths.journal);
  await syncFolder(paths.folder);
  return openAt(paths, []);
}

/** Keeps the rows whose values and lines are both whole, as many as fill batches. */
async function goOn(
  paths: OutputPaths,
  { header, entries, ends, start }: Journal,
  batch: number,
  overwrite: boolean,
): Promise<Progress> {
  const bytes = await sizeOf(paths.rows);
  if (bytes === undefined) return finish(paths, header, entries);
  if (!overwrite && entries.length < header.rows && (await sizeOf(paths.out)) !== undefined) {
    throw exists(`${paths.out} is there`, undefined);
  }
  const rowBytes = header.dimensions * Float32Array.BYTES_PER_ELEMENT;
  const whole = Math.min(entries.length, Math.floor((bytes - NPY_HEADER_BYTES) / rowBytes));
  const kept = whole === header.rows ? whole : Math.max(0, whole - (whole % batch));
  await truncate(paths.journal, kept === 0 ? start : ends[kept - 1]!);
  return openAt(paths, entries.slice(0, kept));
}

/** The rows' file has become the output already: what is left of a run killed right then. */
async function finish(
  paths: OutputPaths,
  header: RunHeader,
  entries: Journal['entries'],
): Promise<Progress> {
  if (entries.length < header.rows || (await sizeOf(paths.out)) === undefined) {
    return begin(paths, header);
  }
  await rename(paths.journal, paths.listing);
  await syncFolder(dirname(paths.out));
  await rm(paths.folder, { recursive: true });
  return { entries, files: undefined };
}

async function openAt(paths: OutputPaths, entries: Journal['entries']): Promise<Progress> {
  const rows = await open(paths.rows, 'r+');
  const journal = await open(paths.journal, 'a');
  return { entries, files: { rows, journal } };
}

/** Which field of the header tells the runs apart, in words. */
const DIFFERENCES: Readonly<Record<keyof RunHeader, string>> = {
  clipql: 'by another version of ClipQL',
  model: 'with another model',
  computes:
    'with other weights, another --precision or --backend, or on a machine that rounds otherwise',
  images: 'from other images: some were added, removed or changed',
  normalized: 'with or without --raw, unlike now',
  rows: 'from another number of images',
  dimensions: 'with another model',
};

function exists(what: string, difference: keyof RunHeader | undefined): ApiError {
  const how = difference === undefined ? '' : ` ${DIFFERENCES[difference]}`;
  return new ApiError('OUTPUT_EXISTS', `${what}${how}; --overwrite replaces it`);
}
