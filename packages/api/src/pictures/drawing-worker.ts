/** The script of a thread that draws one picture, in what all else leaves of the processor. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Clip, loadClip, type PictureModel } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { describeError } from '../errors/public-error.ts';
import { untilIdle } from '../threads/busy-signal.ts';
import { giveWay } from '../threads/give-way.ts';
import { drawKept } from './draw-kept.ts';
import type { DrawingEnd, DrawingReport, DrawingRequest } from './drawing-protocol.ts';

/** Milliseconds for which a batch of views lets other work go first: a busy server draws slowly, but it draws. */
const PATIENCE = 1000;

const request = workerData as DrawingRequest;
const { niceness, threads } = request;
const stopping = new AbortController();
const report = (message: DrawingReport) => parentPort!.postMessage(message);

async function draw(): Promise<DrawingEnd> {
  const models: PictureModel[] = [];
  for (const { folder, name } of request.models) {
    const clip = await loadClip(await modelFromFolder(folder, name), {
      // The texts come first, and then only views.
      towers: 'one',
      niceness,
      ...(threads !== undefined && { threads }),
    });
    models.push(givingWay(clip));
  }
  return drawKept(models, request, report, stopping.signal);
}

/** A model whose passes begin when no other of the server is under way. */
function givingWay(clip: Clip): PictureModel {
  const turn = () => untilIdle(request.busy, PATIENCE);
  return {
    info: clip.info,
    preprocessing: clip.preprocessing,
    encodeTexts: async (...args) => {
      await turn();
      return clip.encodeTexts(...args);
    },
    encodeImages: async (...args) => {
      await turn();
      return clip.encodeImages(...args);
    },
    imageGradient: async (...args) => {
      await turn();
      return clip.imageGradient(...args);
    },
  };
}

function failure(cause: unknown): DrawingEnd {
  const error = describeError(cause);
  // Which folder that is clients need not know.
  const code = error.code === 'OUTPUT_UNWRITABLE' ? 'PICTURE_NOT_KEPT' : error.code;
  return { kind: 'failed', error: { ...error, code }, cause };
}

giveWay(niceness);
parentPort!.on('message', () => stopping.abort());
report(await draw().catch(failure));
parentPort!.close();
