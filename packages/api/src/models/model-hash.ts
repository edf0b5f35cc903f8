import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LoadedModel } from './loaded-model.ts';

const hashes = new WeakMap<LoadedModel, Promise<string>>();

/**
 * Tells models apart whose texts come out differently: SHA-256 of the files that a model is made of
 * and of its precision, in hexadecimal. Read once, when it is first asked for.
 */
export function modelHash(model: LoadedModel): Promise<string> {
  const hash = hashes.get(model) ?? hashModel(model);
  hashes.set(model, hash);
  // A file that could not be read may be readable the next time.
  hash.catch(() => hashes.delete(model));
  return hash;
}

const isWeights = (file: string): boolean => /\.(safetensors|bin|pt)$/.test(file);
const isPartOfModel = (file: string): boolean => /\.(json|txt)$/.test(file) || isWeights(file);

async function hashModel({ folder, clip }: LoadedModel): Promise<string> {
  const hash = createHash('sha256').update(`${clip.info.backend.precision}\n`);
  // A model may be a file of weights: then it is that one, with the small files beside it.
  const isFolder = (await stat(folder)).isDirectory();
  const parent = isFolder ? folder : dirname(folder);
  const files = (await readdir(parent)).filter(
    (file) => isPartOfModel(file) && (isFolder || !isWeights(file) || file === basename(folder)),
  );
  for (const file of files.sort()) {
    const content = createHash('sha256');
    for await (const chunk of createReadStream(join(parent, file))) content.update(chunk);
    hash.update(`${file} ${content.digest('hex')}\n`);
  }
  return hash.digest('hex');
}
