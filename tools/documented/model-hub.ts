import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HubContent } from '../hub/repository.ts';
import { type HubServer, startHub } from '../hub/server.ts';
import { ROOT } from './programs.ts';

/** The model that pages and docstrings name. */
const MODEL = 'openai/clip-vit-base-patch32';

/** A hub on which the embedded model stands for the one that pages and docstrings name. */
export function startModelHub(): Promise<HubServer> {
  const folder = join(ROOT, 'models/nano');
  const names = readdirSync(folder).filter((name) => /\.(json|safetensors)$/.test(name));
  const files: Record<string, HubContent> = Object.fromEntries(
    names.map((name) => [name, { path: join(folder, name) }]),
  );
  return startHub([{ id: MODEL, revisions: { main: files, [zooRevision()]: files } }]);
}

/** Where the zoo pins the model. */
function zooRevision(): string {
  const zoo = readFileSync(join(ROOT, 'models/zoo.json'), 'utf8');
  const { models } = JSON.parse(zoo) as { models: { id: string; revision: string }[] };
  return models.find(({ id }) => id === MODEL)!.revision;
}
