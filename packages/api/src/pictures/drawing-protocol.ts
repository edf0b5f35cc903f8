import type { PictureSettings } from '@clipql/core';
import type { PublicError } from '../errors/public-error.ts';

/** What a thread is to draw. */
export interface DrawingRequest {
  /** Of the picture's files. */
  readonly folder: string;
  readonly settings: PictureSettings;
  readonly models: readonly DrawingModel[];
  /** Where the start image came from; undefined without one. */
  readonly source: string | undefined;
  /** Threads of a forward pass; as core has it unless given. */
  readonly threads: number | undefined;
  /** How far all of it gives way to other threads, as `nice` has it. */
  readonly niceness: number;
  /** Of the start image. */
  readonly maxPixels: number;
  /** Of the server's `BusySignal`. */
  readonly busy: SharedArrayBuffer;
  /** Of ClipQL. */
  readonly version: string;
}

/** A model, and where its files are. */
export interface DrawingModel {
  readonly name: string;
  readonly folder: string;
}

/** What a thread tells of a picture. */
export type DrawingReport = DrawingReading | DrawingNews | DrawingEnd;

/** The start image is going to be read. */
export interface DrawingReading {
  readonly kind: 'reading';
  /** How many processes have died of it. */
  readonly deaths: number;
}

/** What it tells while it draws. */
export type DrawingNews =
  /**
   * The models are loaded, and the start image is read.
   *
   * @param step the one that it goes on from.
   * @param anew why it does not go on from its checkpoint, if there is one.
   */
  | { readonly kind: 'begun'; readonly step: number; readonly anew: string | undefined }
  | { readonly kind: 'step'; readonly step: number; readonly loss: number }
  | { readonly kind: 'preview'; readonly step: number; readonly png: Uint8Array }
  /** A checkpoint is on the disk. */
  | { readonly kind: 'saved'; readonly step: number; readonly score: number | undefined };

/** The last report. */
export type DrawingEnd =
  | { readonly kind: 'done' }
  /** As asked; what state it had is on the disk. */
  | { readonly kind: 'stopped' }
  /** @param cause for the log. */
  | { readonly kind: 'failed'; readonly error: PublicError; readonly cause: unknown };
