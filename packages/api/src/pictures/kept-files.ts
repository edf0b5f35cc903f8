import { STATE_FILE } from './picture-folder.ts';

/** The files of a picture that a server draws, in a folder of its own. */
export const KEPT_FILES = {
  /** What was asked for, and how it stands. */
  record: 'picture.json',
  /** How far the last checkpoint was. */
  progress: 'progress.json',
  /** The image to begin with, as it came. */
  start: 'start',
  /** How often processes died that read it. */
  deaths: 'deaths',
  /** The last checkpoint, as `PictureFolder` has it. */
  state: STATE_FILE,
  /** The image at the last checkpoint. */
  preview: 'preview.png',
  /** The picture, once it is done. */
  image: 'picture.png',
} as const;
