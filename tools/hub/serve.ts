/** Serves folders as models of a hub: node tools/hub/serve.ts org/name=folder … */
import { folderFiles, type HubRepository } from './repository.ts';
import { startHub } from './server.ts';

const repositories: HubRepository[] = [];
for (const arg of process.argv.slice(2)) {
  const [id = '', folder = ''] = arg.split('=');
  repositories.push({ id, revisions: { main: await folderFiles(folder) } });
}
const { endpoint } = await startHub(repositories);
process.stdout.write(`${endpoint}\n`);
