import { expect, test } from 'vitest';
import { startCutProxy } from '../../postgres/testing/cut-proxy.ts';
import { testPostgres } from '../../postgres/testing/test-postgres.ts';
import { startPictureHost } from '../testing/picture-host.ts';
import { openSharedStore } from '../testing/shared-store.ts';
import {
  batchOf,
  createCollection,
  ended,
  INDEX,
  nanoModels,
  OWNER,
  urlItems,
} from '../testing/workplace.ts';

test('a server and a worker that start while the database is away do a job once it has come', async () => {
  const database = await testPostgres();
  const url = new URL(database.url);
  const proxy = await startCutProxy(Number(url.port));
  url.port = String(proxy.port);
  proxy.cut();
  const models = nanoModels();
  const host = await startPictureHost(() => false);
  const options = { url: url.href, models, hosts: [host.host] };
  const server = await openSharedStore(options);
  const worker = await openSharedStore({ ...options, concurrency: 1 });
  worker.runner.start();
  expect([await server.isThere(), await worker.isThere()]).toEqual([false, false]);
  proxy.heal();
  await expect.poll(() => server.isThere(), { timeout: 60_000 }).toBe(true);
  await createCollection({ collections: server.collections, models });
  const job = await server.jobs.submit({
    ...{ owner: OWNER, collection: 'photos', work: INDEX },
    items: batchOf(urlItems([host.url(0), host.url(1)])),
  });
  expect(await ended({ queue: server.jobs }, job)).toMatchObject({ state: 'DONE', done: 2 });
  for (const store of [worker, server]) await store.close();
  await proxy.close();
  await host.close();
  models.close();
  await database.close();
});
