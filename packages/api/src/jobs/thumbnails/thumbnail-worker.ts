/** The script of a thread that makes thumbnails: a file in, a JPEG out. */
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay, NICENESS } from '../../threads/give-way.ts';
import type { ThumbnailReply } from './make-thumbnail.ts';
import { thumbnail } from './thumbnail.ts';

if (workerData.isBackground) giveWay(NICENESS.background);

parentPort!.on('message', async (bytes: Uint8Array) => {
  const reply: ThumbnailReply = await thumbnail(bytes).catch(() => undefined);
  parentPort!.postMessage(reply);
});
