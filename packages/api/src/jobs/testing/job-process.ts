/** A process that runs a data folder's jobs until it is killed: FOLDER HOST [the picture that kills it]. */
import { dieOf } from './die-of.ts';
import { nanoModels, openWorkplace } from './workplace.ts';

const [folder, host, deadly] = process.argv.slice(2);
const models = nanoModels();
const { model } = await models.lease();
if (deadly !== undefined) dieOf(model, Number(deadly));
const workplace = await openWorkplace({ folder: folder!, models, allowHosts: [host!] });
workplace.runner.start();
process.once('SIGTERM', async () => {
  await workplace.close();
  process.exit(0);
});
// Threads that wait for work keep no process alive.
setInterval(() => {}, 1_000);
