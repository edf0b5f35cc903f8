import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { ClipError } from '../../errors.ts';
import type { OnProgress } from '../../hub/progress.ts';
import { withRetries } from '../../hub/retry.ts';
import {
  type FileSet,
  OPEN_CLIP_CONFIG_FILE,
  REQUIRED_FILES,
  TOKENIZER_CONFIG_FILE,
  WEIGHTS_FILES,
} from '../../model-files.ts';
import {
  blobPath,
  type CachedModel,
  findCached,
  findPinned,
  linkIntoSnapshot,
  writeRef,
} from './cache.ts';
import { diskFailure } from './disk-failure.ts';
import { downloadFile } from './download.ts';
import { createHttpClient, type HttpClient } from './http.ts';
import type { ModelAddress, PinnedFile } from './model-address.ts';
import { pinned } from './pinned.ts';
import { describeFile, type RemoteFile } from './remote-file.ts';
import { type RemoteAddress, type RemoteFolder, remoteFolder } from './remote-folder.ts';
import type { HubSettings } from './settings.ts';

/**
 * Finds a model's folder, and downloads the model if it is not complete in the cache. A complete one is
 * used without a request; {@link pullModel} looks for a newer version.
 *
 * @throws ClipError as {@link pullModel}.
 * @example
 * ```ts
 * import { homedir } from 'node:os';
 * import { hubSettings, locateModel } from '@clipql/core/node';
 *
 * const address = { kind: 'folder', path: 'models/nano' } as const;
 * const { name } = await locateModel(address, hubSettings(process.env, homedir()), () => {});
 * console.log(name); // nano
 * ```
 */
export async function locateModel(
  address: ModelAddress,
  settings: HubSettings,
  onProgress: OnProgress,
): Promise<{ readonly folder: string; readonly name: string }> {
  if (address.kind === 'folder') {
    return { folder: address.path, name: basename(resolve(address.path)) };
  }
  return (await cachedModel(address, settings)) ?? pullModel(address, settings, onProgress);
}

/**
 * Looks for a complete model in the cache. It makes no request.
 *
 * @returns undefined if the model is missing or incomplete.
 * @example
 * ```ts
 * import { homedir } from 'node:os';
 * import { cachedModel, hubSettings } from '@clipql/core/node';
 *
 * const address = { kind: 'hub', id: 'nobody/nothing', revision: undefined } as const;
 * const model = await cachedModel(address, hubSettings(process.env, homedir()));
 * console.log(model?.folder); // undefined
 * ```
 */
export function cachedModel(
  address: RemoteAddress,
  settings: HubSettings,
): Promise<CachedModel | undefined> {
  const folder = remoteFolder(address, settings);
  return findModel(address, folder, revisionOf(address, folder));
}

async function findModel(address: RemoteAddress, folder: RemoteFolder, revision: string) {
  const names = pinsOf(address)?.map(({ name }) => name);
  const pinned = names && (await findPinned(folder, revision, names));
  // Python may have the same commit in another layout of the publisher's.
  return pinned ?? findCached(folder, revision);
}

const pinsOf = (address: RemoteAddress): readonly PinnedFile[] | undefined =>
  address.kind === 'url' ? undefined : address.files;

/**
 * Downloads what is missing of a model's newest version, into the cache of Python's `huggingface_hub` and
 * in its layout. Downloads resume where they stopped, and are checked against the hub's hashes and those
 * of the address. Offline it only looks in the cache.
 *
 * @param onProgress called for each file as it starts, grows and ends.
 * @throws ClipError OFFLINE, MODEL_NOT_FOUND, DOWNLOAD_FAILED, DOWNLOAD_DENIED, DOWNLOAD_CORRUPT,
 *   DISK_FULL or CACHE_UNUSABLE; the message says what to do.
 * @example
 * ```ts
 * import { homedir } from 'node:os';
 * import { hubSettings, pullModel } from '@clipql/core/node';
 *
 * const id = 'laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K';
 * const address = { kind: 'hub', id, revision: 'main' } as const;
 * const { weights } = await pullModel(address, hubSettings(process.env, homedir()), (progress) => {
 *   if (progress.kind === 'done') process.stderr.write(`${progress.file}\n`);
 * });
 * console.log(weights); // open_clip_model.safetensors
 * ```
 */
export async function pullModel(
  address: RemoteAddress,
  settings: HubSettings,
  onProgress: OnProgress,
): Promise<CachedModel> {
  const folder = remoteFolder(address, settings);
  const revision = revisionOf(address, folder);
  if (settings.offline) {
    const cached = await findModel(address, folder, revision);
    if (cached !== undefined) return cached;
    throw new ClipError(
      'OFFLINE',
      `${folder.name} is not complete in ${folder.cacheFolder}, and HF_HUB_OFFLINE forbids to download it`,
    );
  }
  const http = createHttpClient(settings);
  try {
    const files = await describeModel(http, address, revision, { folder, onProgress });
    for (const file of files) {
      const lock = join(folder.lockFolder, `${file.blob}.clipql.lock`);
      await downloadFile(http, file, { path: blobPath(folder, file.blob), lock }, onProgress);
    }
    await keep(folder, revision, files);
    const cached = await findModel(address, folder, revision);
    if (cached === undefined) throw new Error(`${folder.name}: its files left the cache again`);
    return cached;
  } finally {
    await http.close();
  }
}

function revisionOf(address: RemoteAddress, folder: RemoteFolder): string {
  return (address.kind === 'hub' ? address.revision : undefined) ?? folder.defaultRevision;
}

/** All files to download, of one commit, the weights last. */
async function describeModel(
  http: HttpClient,
  address: RemoteAddress,
  revision: string,
  { folder, onProgress }: { readonly folder: RemoteFolder; readonly onProgress: OnProgress },
): Promise<readonly RemoteFile[]> {
  const describe = (name: string, at: string) =>
    withRetries(() => describeFile(http, folder, name, at), {
      waits: http.retryWaits,
      onRetry: (reason, seconds) => onProgress({ kind: 'retry', file: name, reason, seconds }),
      advice: async () => 'try again later',
    });
  const require = async (name: string, at: string) =>
    (await describe(name, at)) ?? missing(folder, name, revision);
  const requireOne = async (choices: readonly FileSet[], at: string) => {
    for (const [first, ...others] of choices) {
      const file = await describe(first, at);
      if (file === undefined) continue;
      return [file, ...(await Promise.all(others.map((name) => require(name, at))))] as const;
    }
    return missing(folder, choices.map(([first]) => first).join(' and no '), revision);
  };

  const pins = pinsOf(address);
  if (pins !== undefined) {
    const names = pins.map(({ name }) => name);
    const mayHaveMore = address.kind === 'hub' && !names.includes(TOKENIZER_CONFIG_FILE);
    const optional = mayHaveMore ? await describe(TOKENIZER_CONFIG_FILE, revision) : undefined;
    const files = await Promise.all(
      pins.map(async (pin) => pinned(await require(pin.name, revision), pin)),
    );
    return optional === undefined ? files : [optional, ...files];
  }
  const [first, ...others] = REQUIRED_FILES;
  const [config] = await requireOne(first, revision);
  // A branch may move on between two requests: what follows is of the commit that came first.
  const at = config.commit ?? revision;
  const small = (await Promise.all(others.map((choices) => requireOne(choices, at)))).flat();
  const optional = await describe(TOKENIZER_CONFIG_FILE, at);
  for (const name of WEIGHTS_FILES) {
    const weights = await describe(name, at);
    if (weights === undefined) continue;
    const files = [config, ...small, ...(optional ? [optional] : [])];
    if (name.startsWith('open_clip')) files.push(await require(OPEN_CLIP_CONFIG_FILE, at));
    // A file may stand for two.
    return [...new Map([...files, weights].map((file) => [file.name, file])).values()];
  }
  return missing(folder, WEIGHTS_FILES.join(' and no '), revision);
}

function missing(folder: RemoteFolder, file: string, revision: string): never {
  throw new ClipError(
    'MODEL_NOT_FOUND',
    `${folder.name} has no ${file} ${folder.place(file, revision)}; ClipQL reads models in the layouts of transformers and open_clip`,
  );
}

/** Makes a snapshot of the files, the weights last: one that has them has all. */
async function keep(
  folder: RemoteFolder,
  revision: string,
  files: readonly RemoteFile[],
): Promise<void> {
  const snapshot = files[0]!.commit ?? versionOf(files);
  try {
    for (const { name, blob } of files) await linkIntoSnapshot(folder, snapshot, name, blob);
    await writeRef(folder, revision, snapshot);
  } catch (error) {
    throw diskFailure(error, folder.cacheFolder, { name: basename(folder.cacheFolder) });
  }
}

/** Stands for the commit where there is none: another file makes another version. */
function versionOf(files: readonly RemoteFile[]): string {
  const blobs = files.map(({ name, blob }) => `${name} ${blob}`).join('\n');
  return createHash('sha256').update(blobs).digest('hex').slice(0, 40);
}
