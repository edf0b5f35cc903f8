import { loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { expect, test } from 'vitest';
import { decodeThreads, type StartDecodeThread } from '../inference/decode-thread.ts';
import { NANO } from '../testing/models.ts';
import { picture } from '../testing/pictures.ts';
import { startPictureHost } from './testing/picture-host.ts';
import {
  createCollection,
  ended,
  nanoModels,
  OWNER,
  openWorkplace,
  removeFolder,
  submitUrls,
  temporaryFolder,
} from './testing/workplace.ts';

test('an image that kills the threads that decode it costs its own item alone', async () => {
  const clip = await loadClip(await modelFromFolder(NANO));
  const { preprocessing } = clip;
  clip.dispose();
  const usual = decodeThreads({ preprocessing, maxPixels: undefined });
  const deadly = Buffer.from(picture(3));
  const startDecodeThread: StartDecodeThread = (callbacks) => {
    const thread = usual(callbacks);
    return {
      ...thread,
      decode: (bytes) =>
        deadly.equals(bytes) ? callbacks.onDeath('killed by its image') : thread.decode(bytes),
    };
  };
  const host = await startPictureHost();
  const folder = await temporaryFolder();
  const models = nanoModels({ startDecodeThread });
  const workplace = await openWorkplace({ folder, models, allowHosts: [host.host] });
  await createCollection(workplace);
  workplace.runner.start();
  const urls = Array.from({ length: 20 }, (_, number) => host.url(number));
  const job = await ended(workplace, await submitUrls(workplace.queue, urls));
  expect(job).toMatchObject({ state: 'DONE', done: 19, failed: 1 });
  const { failures } = await workplace.queue.failures(OWNER, job.id, { first: 2 });
  expect(failures).toMatchObject([{ key: host.url(3), error: { code: 'WORKER_LOST' } }]);
  await workplace.close();
  models.close();
  await host.close();
  await removeFolder(folder);
});
