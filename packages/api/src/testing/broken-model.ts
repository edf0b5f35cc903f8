import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NANO } from './models.ts';

export interface BrokenModel {
  readonly folder: string;
  remove(): Promise<void>;
}

/** A copy of a model in which one file is another, or is missing. */
export async function breakModel(
  file: string,
  change: (bytes: Buffer) => Uint8Array | string | undefined,
  model = NANO,
): Promise<BrokenModel> {
  const folder = await mkdtemp(join(tmpdir(), 'clipql-test-'));
  for (const entry of await readdir(model, { withFileTypes: true })) {
    if (entry.isFile()) await copyFile(join(model, entry.name), join(folder, entry.name));
  }
  const changed = change(await readFile(join(folder, file)));
  if (changed === undefined) await rm(join(folder, file));
  else await writeFile(join(folder, file), changed);
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

/** A safetensors file with this header and these bytes behind it. */
export function safetensors(header: string, data: Uint8Array = new Uint8Array()): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), data]);
}
