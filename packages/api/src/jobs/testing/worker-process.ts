/** A process that runs jobs of a database until it is killed: URL HOST [the picture that kills it]. */
import { publicError } from '../../errors/public-error.ts';
import { dieOf } from './die-of.ts';
import { openSharedStore } from './shared-store.ts';
import { nanoModels } from './workplace.ts';

const [url, host, deadly] = process.argv.slice(2);
const models = nanoModels();
const { model } = await models.lease();
if (deadly !== undefined) dieOf(model, Number(deadly));
const worker = await openSharedStore({
  ...{ url: url!, models, hosts: [host!], concurrency: 2 },
  onUnexpected: (error) =>
    process.connected && process.send!(publicError(error)?.code ?? 'UNKNOWN'),
});
worker.runner.start();
process.once('SIGTERM', async () => {
  await worker.runner.stop(2_000);
  await worker.close();
  process.exit(0);
});
// What waits for work keeps no process alive.
setInterval(() => {}, 1_000);
