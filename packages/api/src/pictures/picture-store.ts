import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lock } from '@clipql/core/node';
import { ApiError } from '../errors/api-error.ts';
import { oneLine } from '../errors/one-line.ts';
import { isHalfWritten, writeAtomically } from '../files/atomic-write.ts';
import { PICTURES_FOLDER } from '../files/data-folders.ts';
import { lockDataFolder } from '../files/data-lock.ts';
import { ifThere } from '../files/if-there.ts';
import { makeFolder } from '../files/make-folder.ts';
import { KEPT_FILES } from './kept-files.ts';
import type { PictureProgress, PictureRecord } from './picture.ts';
import { parseProgress, parseRecord, recordText } from './record-file.ts';

/** A picture as the disk has it. */
export interface StoredPicture {
  readonly record: PictureRecord;
  readonly progress: PictureProgress;
  readonly hasImage: boolean;
}

/** The folder `pictures` of a data folder: a folder for each picture, whose files {@link KEPT_FILES} names. */
export class PictureStore {
  readonly #folder: string;
  readonly #lock: Lock;

  constructor(folder: string, lock: Lock) {
    this.#folder = folder;
    this.#lock = lock;
  }

  /** All, the oldest first. What a kill left half written is removed; what is no picture stays, with a warning. */
  async readAll(warn: (message: string) => void): Promise<readonly StoredPicture[]> {
    const stored: StoredPicture[] = [];
    for (const id of (await readdir(this.#folder)).filter(isPictureId).sort()) {
      const files = await readdir(this.folderOf(id));
      for (const file of files.filter(isHalfWritten)) await rm(join(this.folderOf(id), file));
      const record = parseRecord(id, await this.#read(id, KEPT_FILES.record));
      if (record !== undefined) {
        const progress = parseProgress(await this.#read(id, KEPT_FILES.progress));
        if (record.state === 'DONE' || record.state === 'CANCELLED') await this.forgetState(id);
        const hasImage = files.includes(KEPT_FILES.image) || files.includes(KEPT_FILES.preview);
        stored.push({ record, progress, hasImage });
      } else if (files.includes(KEPT_FILES.record)) {
        warn(`${this.folderOf(id)} is no picture: it is left as it is`);
      } else {
        // It was never acknowledged, or is deleted.
        await this.remove(id);
      }
    }
    return stored;
  }

  /** Where a picture's files are. */
  folderOf(id: string): string {
    return join(this.#folder, id);
  }

  /** @throws ApiError PICTURE_NOT_KEPT; nothing is there then. */
  async add(record: PictureRecord, start: Uint8Array | undefined): Promise<void> {
    const folder = this.folderOf(record.id);
    try {
      await keeping(async () => {
        await mkdir(folder);
        if (start !== undefined) await writeAtomically(join(folder, KEPT_FILES.start), start);
        await writeAtomically(join(folder, KEPT_FILES.record), recordText(record));
      });
    } catch (error) {
      await rm(folder, { recursive: true, force: true }).catch(() => {});
      throw error;
    }
  }

  /** @throws ApiError PICTURE_NOT_KEPT; what was there stays then. */
  async write(record: PictureRecord): Promise<void> {
    const path = join(this.folderOf(record.id), KEPT_FILES.record);
    await keeping(() => writeAtomically(path, recordText(record)));
  }

  /** The newest image that is on the disk. */
  async readImage(id: string): Promise<Uint8Array | undefined> {
    return (await this.#read(id, KEPT_FILES.image)) ?? this.#read(id, KEPT_FILES.preview);
  }

  /** Removes what only a picture that goes on needs. */
  async forgetState(id: string): Promise<void> {
    for (const file of [KEPT_FILES.state, KEPT_FILES.start, KEPT_FILES.deaths]) {
      await rm(join(this.folderOf(id), file), { force: true });
    }
  }

  /** @throws ApiError PICTURE_NOT_KEPT. */
  async remove(id: string): Promise<void> {
    // The record first: without it there is no picture.
    await keeping(async () => {
      await rm(join(this.folderOf(id), KEPT_FILES.record), { force: true });
      await rm(this.folderOf(id), { recursive: true, force: true });
    });
  }

  close(): void {
    this.#lock.release();
  }

  async #read(id: string, file: string): Promise<Buffer | undefined> {
    return ifThere(readFile(join(this.folderOf(id), file)));
  }
}

/**
 * Opens `pictures` in a data folder.
 *
 * @throws ApiError BAD_OPTION for a folder that cannot be made or written, DATA_BUSY where another server draws in it.
 */
export async function openPictureStore(dataFolder: string): Promise<PictureStore> {
  const folder = join(dataFolder, PICTURES_FOLDER);
  try {
    await makeFolder(dataFolder);
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    return new PictureStore(folder, await lockDataFolder(dataFolder, { part: PICTURES_FOLDER }));
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const reason = `expected --data as a folder that can be written, got ${dataFolder} (${oneLine(String(error))})`;
    throw new ApiError('BAD_OPTION', reason, { cause: error });
  }
}

const ID = /^[0-9a-z]{9}-[0-9a-f]{16}$/;

const isPictureId = (name: string): boolean => ID.test(name);

/**
 * An id that nobody can guess. Ids sort by the time at which they were made.
 *
 * @param last the latest id so far; the new one is later even if the clock was set back.
 */
export function nextPictureId(last: string | undefined): { id: string; createdAt: Date } {
  const after = last === undefined ? 0 : Number.parseInt(last, 36) + 1;
  const time = Math.max(Date.now(), after);
  const id = `${time.toString(36).padStart(9, '0')}-${randomBytes(8).toString('hex')}`;
  return { id, createdAt: new Date(time) };
}

/** @throws ApiError PICTURE_NOT_KEPT for whatever the file system raises. */
async function keeping(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const message = `a picture cannot be kept: ${oneLine(String(cause))}`;
    throw new ApiError('PICTURE_NOT_KEPT', message, { cause });
  }
}
