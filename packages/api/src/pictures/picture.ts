import type { PictureSettings } from '@clipql/core';
import type { Owner } from '../access/owner.ts';
import type { PublicError } from '../errors/public-error.ts';
import type { JobState } from '../jobs/job.ts';

/** A picture to draw, checked. */
export interface NewPicture {
  readonly owner: Owner;
  readonly settings: PictureSettings;
  /** Names of served models, in the order of their turns. */
  readonly models: readonly string[];
  /** What it begins with; undefined for grey. */
  readonly start: StartImage | undefined;
}

/** An image that a picture begins with. */
export interface StartImage {
  /** Its file. */
  readonly bytes: Uint8Array;
  /** Where it came from, for the texts of the picture's file. */
  readonly source: string;
}

/** What is kept of a picture, beside its files. */
export interface PictureRecord extends Omit<NewPicture, 'start'> {
  readonly id: string;
  readonly createdAt: Date;
  readonly state: JobState;
  /** Where its start image came from; undefined without one. */
  readonly source: string | undefined;
  /** Why it is FAILED. */
  readonly error: PublicError | undefined;
}

/** How far a picture is. */
export interface PictureProgress {
  readonly step: number;
  /** Of the last step; undefined before the first. */
  readonly loss: number | undefined;
  /** When it was last judged; undefined before the first time. */
  readonly score: number | undefined;
}

/** Of a picture that is not begun. */
export const NO_PROGRESS: PictureProgress = { step: 0, loss: undefined, score: undefined };

/** A picture that is drawn, or was, or will be. It is on the disk, and goes on after any kill. */
export interface Picture extends PictureRecord {
  readonly steps: number;
  readonly progress: PictureProgress;
  /** At the present rate; undefined while it is not drawn. */
  readonly secondsLeft: number | undefined;
  /** The step of the newest image; undefined before the first. */
  readonly imageStep: number | undefined;
  /** Grows with each of its changes. */
  readonly version: number;
}

/** Whether it is not drawn any more, unless somebody resumes it. */
export const isPictureOver = ({ state }: Pick<Picture, 'state'>): boolean =>
  state === 'DONE' || state === 'FAILED' || state === 'CANCELLED';
