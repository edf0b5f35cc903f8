import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** A file of a repository, in memory or on the disk. */
export type HubContent = Uint8Array | { readonly path: string };

/** A model as the hub has it. */
export interface HubRepository {
  /** `org/name` */
  readonly id: string;
  /** By branch, tag or `refs/pr/N`: the files of a commit, whose hash follows from them. */
  readonly revisions: Readonly<Record<string, Readonly<Record<string, HubContent>>>>;
  /** What it was called before: the hub sends one on from there. */
  readonly oldId?: string;
  /** Whether its terms have to be accepted: nobody has. */
  readonly gated?: boolean;
  /** Whether only those with the token may know of it. */
  readonly isPrivate?: boolean;
}

/** A file, with what the hub says of it. */
export interface HubFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly gitHash: string;
  /** Whether it lies in the store that the hub redirects to. */
  readonly linked: boolean;
  /** The bytes from one to another, the last not included. */
  read(start: number, end: number): Readable;
}

export interface HubCommit {
  readonly hash: string;
  readonly files: ReadonlyMap<string, HubFile>;
}

/** The files of a folder. */
export async function folderFiles(folder: string): Promise<Record<string, HubContent>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return Object.fromEntries(files.map(({ name }) => [name, { path: join(folder, name) }]));
}

/** @param revision that it is of; a commit's hash is taken as it is. */
export async function commitOf(
  contents: Readonly<Record<string, HubContent>>,
  revision: string,
): Promise<HubCommit> {
  const files = new Map<string, HubFile>();
  for (const [name, content] of Object.entries(contents)) {
    files.set(name, await hubFile(name, content));
  }
  const tree = [...files].map(([name, { sha256 }]) => `${name} ${sha256}`).join('\n');
  const hash = createHash('sha1').update(tree).digest('hex');
  return { hash: /^[0-9a-f]{40}$/.test(revision) ? revision : hash, files };
}

async function hubFile(name: string, content: HubContent): Promise<HubFile> {
  const size = 'path' in content ? (await stat(content.path)).size : content.length;
  const read = (start: number, end: number): Readable => {
    if (start >= end) return Readable.from([]);
    return 'path' in content
      ? createReadStream(content.path, { start, end: end - 1, highWaterMark: 1 << 18 })
      : Readable.from([content.subarray(start, end)]);
  };
  const sha256 = createHash('sha256');
  const git = createHash('sha1').update(`blob ${size}\0`);
  for await (const bytes of read(0, size)) {
    sha256.update(bytes as Buffer);
    git.update(bytes as Buffer);
  }
  return {
    name,
    size,
    sha256: sha256.digest('hex'),
    gitHash: git.digest('hex'),
    linked: /\.(safetensors|bin)$/.test(name),
    read,
  };
}
