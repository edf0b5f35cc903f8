import { ApiError } from '../errors/api-error.ts';
import { PICTURES_NOTICE } from './notice.ts';
import { openPictureQueue, type PictureQueueOptions } from './picture-queue.ts';
import { NO_PICTURES, type Pictures } from './pictures.ts';

/** What a server's settings say of pictures. */
export interface PictureSwitch {
  /** Whether any are drawn. */
  readonly pictures: boolean;
  /** The data folder, where they are kept. */
  readonly data: string | undefined;
}

/** Pictures, and when they are drawn. */
export interface ServedPictures {
  readonly pictures: Pictures;
  /** Begins to draw: until then nothing is. */
  run(): void;
  /** Saves the state of what is drawn, and draws no more. */
  stop(): Promise<void>;
  /** Lets go of the data folder. */
  close(): Promise<void>;
}

/**
 * @throws ApiError BAD_OPTION for pictures without a data folder, or in one that cannot be made or written; DATA_BUSY where
 *   another server draws in it.
 */
export async function openPictures(
  { pictures: areOn, data }: PictureSwitch,
  options: Omit<PictureQueueOptions, 'data'>,
): Promise<ServedPictures> {
  if (!areOn) return OFF;
  if (data === undefined) {
    const message = 'expected --data DIR with --pictures on, got none: pictures are kept there';
    throw new ApiError('BAD_OPTION', message);
  }
  const pictures = await openPictureQueue({ ...options, data });
  options.warn(`--pictures is on: ${PICTURES_NOTICE}`);
  return {
    pictures,
    run: () => pictures.run(),
    stop: () => pictures.stop(),
    close: () => pictures.close(),
  };
}

const OFF: ServedPictures = {
  pictures: NO_PICTURES,
  run: () => {},
  stop: async () => {},
  close: async () => {},
};
