import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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

const isPartOfModel = (file: string): boolean => /\.(json|txt|safetensors|bin)$/.test(file);

async function hashModel({ folder, clip }: LoadedModel): Promise<string> {
  const hash = createHash('sha256').update(`${clip.info.backend.precision}\n`);
  const files = (await readdir(folder)).filter(isPartOfModel).sort();
  for (const file of files) {
    const content = createHash('sha256');
    for await (const chunk of createReadStream(join(folder, file))) content.update(chunk);
    hash.update(`${file} ${content.digest('hex')}\n`);
  }
  return hash.digest('hex');
}
