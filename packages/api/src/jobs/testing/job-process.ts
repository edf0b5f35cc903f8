/** A process that runs a data folder's jobs until it is killed: FOLDER HOST [the picture that kills it]. */
import { picture } from '../../testing/pictures.ts';
import { nanoModels, openWorkplace } from './workplace.ts';

const [folder, host, deadly] = process.argv.slice(2);
const models = nanoModels();
const { model } = await models.lease();
if (deadly !== undefined) {
  const killer = Buffer.from(picture(Number(deadly)));
  const { images } = model.inference;
  const encode = images.encode.bind(images);
  images.encode = (sources, ...rest) => {
    const kills = sources.some((source) => 'bytes' in source && killer.equals(source.bytes));
    if (kills) process.kill(process.pid, 'SIGKILL');
    return encode(sources, ...rest);
  };
}
const workplace = await openWorkplace({ folder: folder!, models, allowHosts: [host!] });
workplace.runner.start();
process.once('SIGTERM', async () => {
  await workplace.close();
  process.exit(0);
});
// Threads that wait for work keep no process alive.
setInterval(() => {}, 1_000);
