import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HubContent } from '../hub/repository.ts';
import { type HubServer, startHub } from '../hub/server.ts';
import { ROOT } from './programs.ts';

/** The model that pages and docstrings name. */
const MODEL = 'laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K';

/** A hub on which the embedded model stands for the one that pages and docstrings name. */
export function startModelHub(): Promise<HubServer> {
  const folder = join(ROOT, 'models/lite');
  const names = readdirSync(folder).filter((name) => /\.(json|safetensors)$/.test(name));
  const files: Record<string, HubContent> = Object.fromEntries(
    names.map((name) => [name, { path: join(folder, name) }]),
  );
  return startHub([{ id: MODEL, revisions: { main: files, [zooModel().revision]: files } }]);
}

/** For CLIPQL_ZOO: the zoo's entry of that model, without what its files have to be. */
export function standInZoo(): string {
  const model = zooModel();
  const files = model.files.map(({ name }) => ({ name }));
  return JSON.stringify({ models: [{ ...model, files }] });
}

interface PinnedModel {
  readonly id: string;
  readonly revision: string;
  readonly files: readonly { readonly name: string }[];
}

function zooModel(): PinnedModel {
  const zoo = readFileSync(join(ROOT, 'models/zoo.json'), 'utf8');
  const { models } = JSON.parse(zoo) as { models: PinnedModel[] };
  return models.find(({ id }) => id === MODEL)!;
}
