import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Lock } from '@clipql/core/node';
import { syncFolder, writeFully, writing } from './disk.ts';
import { journalLine, type RowEntry, type RunHeader } from './journal.ts';
import { NPY_HEADER_BYTES } from './npy.ts';
import type { OutputPaths } from './output-paths.ts';
import { storedRows } from './stored-rows.ts';
import { writeJsonl } from './write-jsonl.ts';
import { writeParquet } from './write-parquet.ts';

/** A row that is new: with an embedding, or with the reason why there is none. */
export interface NewRow extends Omit<RowEntry, 'row'> {
  /** [E] */
  readonly embedding?: Float32Array;
}

/** What a run writes to, until its output is complete. */
export interface OpenFiles {
  /** NumPy's format from the first byte on. */
  readonly rows: FileHandle;
  readonly journal: FileHandle;
}

/** How far a run has come. */
export interface Progress {
  /** Rows that are safe. */
  readonly entries: readonly RowEntry[];
  /** Undefined where the output is complete. */
  readonly files: OpenFiles | undefined;
}

/**
 * An output of embeddings that grows row by row and survives being killed at any moment. Made by
 * `openEmbeddingFile`.
 *
 * While it grows, `OUT.partial/` holds the rows as a NumPy file and a journal of them. A batch's
 * values are on the disk before its lines in the journal are, so that what the journal names is
 * there. At the end OUT appears, by renaming, and then, beside it, the journal as `OUT.rows.jsonl`:
 * the header of the run, and the file and the error of each row.
 */
export class EmbeddingFile {
  readonly header: RunHeader;
  readonly #paths: OutputPaths;
  readonly #entries: RowEntry[];
  readonly #lock: Lock;
  readonly #files: OpenFiles | undefined;

  /** @param lock on the output, released when this is closed. */
  constructor(paths: OutputPaths, header: RunHeader, lock: Lock, { entries, files }: Progress) {
    this.#paths = paths;
    this.header = header;
    this.#lock = lock;
    this.#entries = [...entries];
    this.#files = files;
  }

  /** Rows that are safe. */
  get rowsDone(): number {
    return this.#entries.length;
  }

  /** Rows that have no embedding. */
  get failures(): number {
    return this.#entries.filter(({ error }) => error !== undefined).length;
  }

  /** Where the files and errors of all rows are listed once the output is complete. */
  get listing(): string {
    return this.#paths.listing;
  }

  /**
   * Adds the next rows.
   *
   * @throws ApiError OUTPUT_UNWRITABLE; what was there before is then still there.
   */
  async append(rows: readonly NewRow[]): Promise<void> {
    const files = this.#files;
    const entries = this.#entries;
    const paths = this.#paths;
    const { dimensions } = this.header;
    if (files === undefined) throw new Error('the output is complete');
    const values = new Float32Array(rows.length * dimensions).fill(Number.NaN);
    const added = rows.map(({ file, error }, i) => ({
      row: entries.length + i,
      file,
      ...(error && { error }),
    }));
    for (const [i, { embedding }] of rows.entries()) {
      if (embedding) values.set(embedding, i * dimensions);
    }
    await writing(paths.out, async () => {
      const position = NPY_HEADER_BYTES + entries.length * dimensions * values.BYTES_PER_ELEMENT;
      await writeFully(files.rows, Buffer.from(values.buffer), position);
      await files.rows.datasync();
      await files.journal.appendFile(added.map(journalLine).join(''));
      await files.journal.datasync();
    });
    entries.push(...added);
  }

  /**
   * Makes the output appear, once all rows are there.
   *
   * @throws ApiError OUTPUT_UNWRITABLE.
   */
  async publish(): Promise<void> {
    if (this.#files === undefined) return;
    const paths = this.#paths;
    await writing(paths.out, async () => {
      await this.#files?.rows.sync();
      await this.#closeFiles();
      await this.#writeOutput();
      await rename(paths.journal, paths.listing);
      await syncFolder(dirname(paths.out));
      await rm(paths.folder, { recursive: true });
    });
  }

  /** Lets go of the output; what its files hold stays for the next run. */
  async close(): Promise<void> {
    try {
      await this.#closeFiles();
    } finally {
      this.#lock.release();
    }
  }

  async #closeFiles(): Promise<void> {
    await this.#files?.rows.close();
    await this.#files?.journal.close();
  }

  async #writeOutput(): Promise<void> {
    const paths = this.#paths;
    if (paths.format === 'npy') {
      await rename(paths.rows, paths.out);
      return;
    }
    const stored = await open(paths.rows, 'r');
    try {
      const chunks = storedRows(stored, this.#entries, this.header.dimensions);
      if (paths.format === 'jsonl') await writeJsonl(paths.converted, chunks);
      else await writeParquet(paths.converted, chunks, this.header);
    } finally {
      await stored.close();
    }
    await rename(paths.converted, paths.out);
  }
}
