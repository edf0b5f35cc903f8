import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ClipError,
  createPicture,
  decodeImage,
  type GuidedPicture,
  type PictureModel,
  type RgbImage,
  restorePicture,
} from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import { writeAtomically } from '../files/atomic-write.ts';
import { ifThere } from '../files/if-there.ts';
import { writing } from '../files/writing.ts';
import { drawPicture } from './draw-picture.ts';
import type {
  DrawingEnd,
  DrawingNews,
  DrawingReading,
  DrawingRequest,
} from './drawing-protocol.ts';
import { KEPT_FILES } from './kept-files.ts';
import { NO_PROGRESS, type PictureProgress } from './picture.ts';
import { PictureFolder } from './picture-folder.ts';
import { pictureTexts } from './picture-texts.ts';
import { encodePng } from './png-file.ts';
import { parseProgress, progressText } from './record-file.ts';

type Report = (report: DrawingNews | DrawingReading) => void;

/** Milliseconds between two images of what a picture is becoming. */
const PREVIEW_MS = 1000;
/** Of processes that read the start image. */
const MOST_DEATHS = 3;
/** After a judgement, drawing goes on for so many times as long before the next: with a slow model, judging takes seconds. */
const DRAWN_PER_JUDGED = 20;

/**
 * Draws a picture whose files are in a folder, from its last checkpoint or from the start, and leaves its PNG there.
 *
 * @param signal aborted to save its state and stop.
 * @throws ClipError as `restorePicture` and `createPicture`, `GuidedPicture.step` and `decodeImage`; ApiError
 *   OUTPUT_UNWRITABLE.
 */
export async function drawKept(
  models: readonly PictureModel[],
  request: DrawingRequest,
  report: Report,
  signal: AbortSignal,
): Promise<DrawingEnd> {
  const { settings, source, version } = request;
  const folder = new PictureFolder(request.folder, settings.size);
  const { picture, anew } = await openPicture(models, request, report, await folder.readState());
  report({ kind: 'begun', step: picture.stepsDone, anew });
  let progress = anew === undefined ? await readProgress(request.folder) : NO_PROGRESS;
  const judge = judgeOf(picture);
  let previewed = Number.NEGATIVE_INFINITY;
  await drawPicture(picture, {
    folder,
    frames: false,
    signal,
    onStep: async ({ step, loss }) => {
      progress = { ...progress, loss };
      report({ kind: 'step', step, loss });
      if (performance.now() - previewed < PREVIEW_MS) return;
      report({ kind: 'preview', step, png: await encodePng(await picture.image(), {}) });
      previewed = performance.now();
    },
    onSave: async (step) => {
      // There is no time for a forward pass at the end of the server.
      const score = (signal.aborted ? undefined : await judge()) ?? progress.score;
      progress = { ...progress, step, score };
      await writeCheckpoint(request.folder, picture, progress);
      report({ kind: 'saved', step, score });
    },
  });
  if (!picture.isDone) return { kind: 'stopped' };
  const names = request.models.map(({ name }) => name);
  const drawnBy = { picture, models: names, from: source, version };
  const png = await encodePng(await picture.image(), pictureTexts(drawnBy));
  await writeFileOf(request.folder, KEPT_FILES.image, png);
  return { kind: 'done' };
}

/** Judges a picture, if it is done or there is time for it. */
function judgeOf(picture: GuidedPicture): () => Promise<number | undefined> {
  let next = Number.NEGATIVE_INFINITY;
  return async () => {
    const begun = performance.now();
    if (begun < next && !picture.isDone) return undefined;
    const score = await picture.score();
    const judged = performance.now();
    next = judged + DRAWN_PER_JUDGED * (judged - begun);
    return score;
  };
}

/** A picture where its checkpoint was taken, or from the start where there is none that can be gone on from. */
async function openPicture(
  models: readonly PictureModel[],
  request: DrawingRequest,
  report: Report,
  state: Uint8Array | undefined,
): Promise<{ readonly picture: GuidedPicture; readonly anew: string | undefined }> {
  if (state === undefined)
    return { picture: await beginPicture(models, request, report), anew: undefined };
  try {
    return { picture: await restorePicture(models, state), anew: undefined };
  } catch (error) {
    // Of a version with another recipe, by other weights, or damaged: what was asked for is kept, and can be drawn.
    if (!(error instanceof ClipError && error.code === 'BAD_INPUT')) throw error;
    return { picture: await beginPicture(models, request, report), anew: error.message };
  }
}

async function beginPicture(
  models: readonly PictureModel[],
  { folder, settings, source, maxPixels }: DrawingRequest,
  report: Report,
): Promise<GuidedPicture> {
  const { keep, ...options } = settings;
  if (source === undefined) return createPicture(models, options);
  const image = await readStart(folder, maxPixels, report);
  return createPicture(models, { ...options, from: { image, ...(keep !== null && { keep }) } });
}

const readProgress = async (folder: string): Promise<PictureProgress> =>
  parseProgress(await ifThere(readFile(join(folder, KEPT_FILES.progress))));

/**
 * Decodes the start image. How often processes died meanwhile is counted: a server must not die of it at every start.
 *
 * @throws ApiError IMAGE_CRASHED, after which it counts anew.
 */
async function readStart(folder: string, maxPixels: number, report: Report): Promise<RgbImage> {
  const path = join(folder, KEPT_FILES.deaths);
  const deaths = Number((await ifThere(readFile(path))) ?? 0);
  if (deaths >= MOST_DEATHS) {
    await rm(path);
    const message = `the start image was read by ${deaths} processes that died meanwhile`;
    throw new ApiError('IMAGE_CRASHED', message);
  }
  report({ kind: 'reading', deaths });
  await writeFileOf(folder, KEPT_FILES.deaths, String(deaths + 1));
  try {
    return await decodeImage(await readFile(join(folder, KEPT_FILES.start)), { maxPixels });
  } finally {
    await rm(path);
  }
}

/** Beside the state: an image, and how far it is. */
async function writeCheckpoint(
  folder: string,
  picture: GuidedPicture,
  progress: PictureProgress,
): Promise<void> {
  const preview = await encodePng(await picture.image(), {});
  await writeFileOf(folder, KEPT_FILES.preview, preview);
  await writeFileOf(folder, KEPT_FILES.progress, progressText(progress));
}

const writeFileOf = (folder: string, name: string, content: Uint8Array | string): Promise<void> =>
  writing(folder, () => writeAtomically(join(folder, name), content));
