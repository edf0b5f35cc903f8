import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ClipError } from '../../errors.ts';
import { mayPass } from '../../hub/model-id.ts';
import type { HttpResponse } from './http.ts';
import { type ModelAddress, shownUrl } from './model-address.ts';
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
  /** The error for an answer that does not hold a file. */
  refusal(response: HttpResponse, refused: Refused): ClipError;
}

/** The address of a model that can be downloaded. */
export type RemoteAddress = Exclude<ModelAddress, { kind: 'folder' }>;

export function remoteFolder(address: RemoteAddress, settings: HubSettings): RemoteFolder {
  return address.kind === 'hub'
    ? hubRepository(address.id, settings)
    : webFolder(address.url, settings);
}

function hubRepository(id: string, { endpoint, cache }: HubSettings): RemoteFolder {
  const folder = `models--${id.replace('/', '--')}`;
  return {
    name: id,
    cacheFolder: join(cache, folder),
    lockFolder: join(cache, '.locks', folder),
    defaultRevision: 'main',
    hasCommits: true,
    fileUrl: (file, revision) =>
      new URL(`${endpoint}/${id}/resolve/${encodeURIComponent(revision)}/${file}`),
    refusal: (response, refused) => hubRefusal(id, endpoint, response, refused),
  };
}

function webFolder(url: string, { urlCache }: HubSettings): RemoteFolder {
  const { host, pathname } = new URL(url);
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 16);
  const last = pathname.split('/').findLast((part) => part !== '') ?? host;
  const folder = `${host}-${last}-${hash}`.replace(/[^A-Za-z0-9._-]/g, '_');
  return {
    name: last,
    cacheFolder: join(urlCache, folder),
    lockFolder: join(urlCache, '.locks', folder),
    defaultRevision: 'current',
    hasCommits: false,
    fileUrl: (file) => {
      const address = new URL(url);
      // A signature, such as a store's, stands behind the name and goes for the whole folder.
      address.pathname += file;
      return address;
    },
    refusal: ({ url: { host: from }, status }) =>
      status === 401 || status === 403
        ? new ClipError('DOWNLOAD_DENIED', `${shownUrl(url)}: ${from} refuses access (${status})`)
        : serverFailure(shownUrl(url), from, status),
  };
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
