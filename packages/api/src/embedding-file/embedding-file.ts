import { type FileHandle, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Lock } from '@clipql/core/node';
import { writing } from '../files/writing.ts';
import { syncFolder, writeFully } from './disk.ts';
import { type FileVersion, identityOf } from './file-version.ts';
import { type Entry, jsonLine, type RunHeader } from './journal.ts';
import { writeListing } from './listing.ts';
import type { OutputPaths } from './output-paths.ts';
import { storedRows } from './stored-rows.ts';
import { writeOutput } from './write-output.ts';

/** What came of a file: an embedding, or the reason why there is none. */
export interface NewRow extends Entry {
  /** [E] */
  readonly embedding?: Float32Array;
}

/** What a run writes to, until its output is complete. */
export interface OpenFiles {
  /** Values of E float32 each, in the order of the journal's entries. */
  readonly values: FileHandle;
  readonly journal: FileHandle;
}

/** How far a run has come. */
export interface Progress {
  /** What is safe already, in the order of its values. */
  readonly entries: readonly Entry[];
  /** Undefined where the output is complete. */
  readonly files: OpenFiles | undefined;
}

/** Errors that the same bytes have each time; with any other, a file is tried again. */
const FINAL_ERRORS: ReadonlySet<string> = new Set(['IMAGE_CORRUPT', 'IMAGE_UNSUPPORTED']);

/** Whether a file needs no other try as long as it is not changed. */
export const isSettled = ({ error }: Entry): boolean =>
  error === undefined || FINAL_ERRORS.has(error.code);

/**
 * An output of embeddings that grows batch by batch and survives being killed at any moment. Made by
 * `openEmbeddingFile`.
 *
 * While it grows, `OUT.partial/` holds values and a journal of the files that they are of, in the
 * order in which they came. A batch's values are on the disk before its line in the journal is, so
 * that what the journal names is there. At the end OUT is written with a row for each file that is
 * wanted, and appears by renaming; then, beside it, its listing as `OUT.rows.jsonl`: the header of the
 * run, and the file and the error of each row.
 */
export class EmbeddingFile {
  readonly header: RunHeader;
  readonly #paths: OutputPaths;
  readonly #wanted: readonly FileVersion[];
  readonly #entries: Entry[] = [];
  /** By a file's identity: which of the entries it is. */
  readonly #positions = new Map<string, number>();
  readonly #lock: Lock;
  readonly #files: OpenFiles | undefined;

  /**
   * @param wanted the files of the output's rows.
   * @param lock on the output, released when this is closed.
   */
  constructor(
    paths: OutputPaths,
    header: RunHeader,
    wanted: readonly FileVersion[],
    lock: Lock,
    { entries, files }: Progress,
  ) {
    this.header = header;
    this.#paths = paths;
    this.#wanted = wanted;
    this.#lock = lock;
    this.#files = files;
    this.#add(entries);
  }

  /** Wanted files that have no row yet, or one that another try may change; each once. */
  get missing(): readonly FileVersion[] {
    const once = new Map(this.#wanted.map((file) => [identityOf(file), file]));
    return [...once.values()].filter((file) => {
      const entry = this.#entryOf(file);
      return entry === undefined || !isSettled(entry);
    });
  }

  /** N */
  get rows(): number {
    return this.#wanted.length;
  }

  /** Whether the output was complete when this was opened. */
  get wasComplete(): boolean {
    return this.#files === undefined;
  }

  /** Rows that have no embedding. */
  get failures(): number {
    return this.#wanted.filter((file) => this.#entryOf(file)?.error !== undefined).length;
  }

  /** Where the files and errors of all rows are listed once the output is complete. */
  get listing(): string {
    return this.#paths.listing;
  }

  /**
   * Adds what came of some files; once this is done, a kill does not undo it.
   *
   * @throws ApiError OUTPUT_UNWRITABLE; what was there before is then still there.
   */
  async append(rows: readonly NewRow[]): Promise<void> {
    const files = this.#files;
    if (files === undefined) throw new Error('the output is complete');
    const { dimensions } = this.header;
    const values = new Float32Array(rows.length * dimensions).fill(Number.NaN);
    for (const [i, { embedding }] of rows.entries()) {
      if (embedding) values.set(embedding, i * dimensions);
    }
    const entries = rows.map(({ embedding: _, ...entry }) => entry);
    await writing(this.#paths.out, async () => {
      const position = this.#entries.length * dimensions * values.BYTES_PER_ELEMENT;
      await writeFully(files.values, Buffer.from(values.buffer), position);
      await files.values.datasync();
      await files.journal.appendFile(jsonLine(entries));
      await files.journal.datasync();
    });
    this.#add(entries);
  }

  /**
   * Makes the output appear, once nothing is missing.
   *
   * @throws ApiError OUTPUT_UNWRITABLE.
   */
  async publish(): Promise<void> {
    const files = this.#files;
    if (files === undefined) return;
    const { header } = this;
    const paths = this.#paths;
    const entries = this.#wanted.map((file) => this.#entryOf(file)!);
    await writing(paths.out, async () => {
      const rows = storedRows(entries, {
        file: files.values,
        start: 0,
        dimensions: header.dimensions,
        positionOf: (entry) => this.#positions.get(identityOf(entry))!,
      });
      await writeOutput(paths.converted, paths.format, rows, header, entries.length);
      await writeListing(paths.nextListing, { header, entries });
      await rename(paths.converted, paths.out);
      await finishPublishing(paths);
    });
  }

  /** Lets go of the output; what its files hold stays for the next run. */
  async close(): Promise<void> {
    try {
      await this.#files?.values.close();
      await this.#files?.journal.close();
    } finally {
      this.#lock.release();
    }
  }

  #entryOf(file: FileVersion): Entry | undefined {
    const position = this.#positions.get(identityOf(file));
    return position === undefined ? undefined : this.#entries[position];
  }

  /** A file's later entry counts: it was tried again. */
  #add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#positions.set(identityOf(entry), this.#entries.length);
      this.#entries.push(entry);
    }
  }
}

/** What is left to do once the output has appeared. */
export async function finishPublishing(paths: OutputPaths): Promise<void> {
  await syncFolder(dirname(paths.out));
  await rename(paths.nextListing, paths.listing);
  await syncFolder(dirname(paths.out));
  await rm(paths.folder, { recursive: true });
}
