import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ClipError } from '../../errors.ts';
import { mayPass } from '../../hub/model-id.ts';
import type { HttpResponse } from './http.ts';
import { type ModelAddress, type PlacedFile, shownUrl } from './model-address.ts';
import type { HubSettings } from './settings.ts';

/** What was asked for when a request was refused. */
interface Refused {
  readonly revision: string;
  /** Whether a token was sent. */
  readonly hasToken: boolean;
}

/** Where the files of a model are on the network, and where they are kept. */
export interface RemoteFolder {
  /** What to call the model. */
  readonly name: string;
  /** Its folder in the cache, with `blobs`, `refs` and `snapshots`. */
  readonly cacheFolder: string;
  /** Where its locks are. */
  readonly lockFolder: string;
  /** The revision when none is given. */
  readonly defaultRevision: string;
  /** Whether what answers says which commit a file is of. */
  readonly hasCommits: boolean;
  fileUrl(file: string, revision: string): URL;
  /** Where a file that is missing was looked for, for messages. */
  place(file: string, revision: string): string;
  /** The error for an answer that does not hold a file. */
  refusal(response: HttpResponse, refused: Refused): ClipError;
}

/** The address of a model that can be downloaded. */
export type RemoteAddress = Exclude<ModelAddress, { kind: 'folder' }>;

export function remoteFolder(address: RemoteAddress, settings: HubSettings): RemoteFolder {
  switch (address.kind) {
    case 'hub':
      return hubRepository(address.id, settings);
    case 'url':
      return webFolder(address.url, settings);
    case 'files':
      return placedFiles(address.name, address.files, settings);
  }
}

const hubUrl = (endpoint: string, id: string, revision: string, file: string): URL =>
  new URL(`${endpoint}/${id}/resolve/${encodeURIComponent(revision)}/${file}`);

function hubRepository(id: string, { endpoint, cache }: HubSettings): RemoteFolder {
  const folder = `models--${id.replace('/', '--')}`;
  return {
    name: id,
    cacheFolder: join(cache, folder),
    lockFolder: join(cache, '.locks', folder),
    defaultRevision: 'main',
    hasCommits: true,
    fileUrl: (file, revision) => hubUrl(endpoint, id, revision, file),
    place: (_file, revision) => `at revision ${revision}`,
    refusal: (response, refused) => hubRefusal(id, endpoint, response, refused),
  };
}

function webFolder(url: string, { urlCache }: HubSettings): RemoteFolder {
  const { host, pathname } = new URL(url);
  const last = pathname.split('/').findLast((part) => part !== '') ?? host;
  return {
    name: last,
    ...urlFolder(urlCache, `${host}-${last}`, url),
    fileUrl: (file) => {
      const address = new URL(url);
      // A signature, such as a store's, stands behind the name and goes for the whole folder.
      address.pathname += file;
      return address;
    },
    place: () => `at ${shownUrl(url)}`,
    refusal: (response) => webRefusal(shownUrl(url), response),
  };
}

/** Other pins are another model: what was downloaded for these does not serve for those. */
function placedFiles(
  name: string,
  files: readonly PlacedFile[],
  { endpoint, urlCache }: HubSettings,
): RemoteFolder {
  const urlOf = (file: string): URL => {
    const from = files.find((one) => one.name === file)?.from;
    if (from === undefined) throw new Error(`${name} has no place for ${file}`);
    if (URL.canParse(from)) return new URL(from);
    const [id = '', revision = ''] = from.split('@');
    return hubUrl(endpoint, id, revision, file);
  };
  return {
    name,
    ...urlFolder(urlCache, name, JSON.stringify(files)),
    fileUrl: urlOf,
    place: (file) => `at ${shownUrl(urlOf(file).href)}`,
    refusal: (response) => webRefusal(name, response),
  };
}

/** @param key the same for the same files. */
function urlFolder(urlCache: string, name: string, key: string) {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 16);
  const folder = `${name}-${hash}`.replace(/[^A-Za-z0-9._-]/g, '_');
  return {
    cacheFolder: join(urlCache, folder),
    lockFolder: join(urlCache, '.locks', folder),
    defaultRevision: 'current',
    hasCommits: false,
  };
}

function webRefusal(what: string, { url: { host }, status }: HttpResponse): ClipError {
  if (status === 401 || status === 403) {
    return new ClipError('DOWNLOAD_DENIED', `${what}: ${host} refuses access (${status})`);
  }
  return serverFailure(what, host, status);
}

function hubRefusal(
  id: string,
  endpoint: string,
  { url, status, header }: HttpResponse,
  { revision, hasToken }: Refused,
): ClipError {
  const page = `${endpoint}/${id}`;
  const code = header('x-error-code');
  if (code === 'GatedRepo' || (status === 403 && code === undefined)) {
    const token = hasToken ? 'use the token of an account that did' : 'set HF_TOKEN';
    return new ClipError(
      'DOWNLOAD_DENIED',
      `${id} is gated: accept its terms at ${page}, then ${token}`,
    );
  }
  if (code === 'RevisionNotFound') {
    const known = `${page}/tree/main shows those that it has`;
    return new ClipError('MODEL_NOT_FOUND', `${id} has no revision ${revision}; ${known}`);
  }
  if (code === 'RepoNotFound' || status === 401) {
    const token = hasToken
      ? 'its token has no access to it, or has expired'
      : 'if it is private, set HF_TOKEN';
    return new ClipError(
      status === 404 ? 'MODEL_NOT_FOUND' : 'DOWNLOAD_DENIED',
      `${id}: there is no such folder here, and ${endpoint} shows no such model; check the name; ${token}`,
    );
  }
  return serverFailure(id, url.host, status);
}

function serverFailure(what: string, host: string, status: number): ClipError {
  const advice = mayPass(status) ? '' : '; check the address, and HF_ENDPOINT where it is set';
  const message = `${what}: ${host} answered with status ${status}${advice}`;
  return new ClipError('DOWNLOAD_FAILED', message);
}
