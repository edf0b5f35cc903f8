import { createHash } from 'node:crypto';
import { ClipError } from '../../errors.ts';
import { mayPass } from '../../hub/model-id.ts';
import { PassingError } from '../../hub/retry.ts';
import { COMMIT } from './cache.ts';
import { discard, type HttpClient, type HttpResponse } from './http.ts';
import { shownUrl } from './model-address.ts';
import type { RemoteFolder } from './remote-folder.ts';

/** What a hash of the file's bytes has to be. */
export interface Checksum {
  /** `git-blob` is SHA-1 of `blob <size>`, a zero byte and the bytes. */
  readonly kind: 'sha256' | 'git-blob';
  /** In hexadecimal. */
  readonly value: string;
}

/** A file as its server describes it. */
export interface RemoteFile {
  readonly name: string;
  readonly url: URL;
  /** In bytes. */
  readonly size: number;
  /** What the file is called among the blobs: the same name means the same bytes. */
  readonly blob: string;
  /** What its bytes have to match; none where nobody gives a hash. */
  readonly checksums: readonly Checksum[];
  /** The commit that it is of; undefined outside the hub. */
  readonly commit: string | undefined;
}

/**
 * Asks for a file's size and hash.
 *
 * @param revision of the hub.
 * @returns undefined where the folder has no such file.
 * @throws ClipError MODEL_NOT_FOUND, DOWNLOAD_DENIED or DOWNLOAD_FAILED, saying what to do;
 *   PassingError where another try may succeed.
 */
export async function describeFile(
  http: HttpClient,
  folder: RemoteFolder,
  name: string,
  revision: string,
): Promise<RemoteFile | undefined> {
  const url = folder.fileUrl(name, revision);
  const response = await http.request(url, {
    method: 'HEAD',
    // The hub says in its own answer what the file is; the store that it sends one to does not.
    follow: (redirect) => !saysWhatItIs(redirect),
  });
  discard(response);
  const { status, header } = response;
  const isFile = status === 200 || saysWhatItIs(response);
  if (!isFile) {
    if (status === 404 && isMissingEntry(response)) return undefined;
    const refusal = folder.refusal(response, { revision, hasToken: await http.hasToken() });
    throw mayPass(status) ? new PassingError(refusal.message) : refusal;
  }
  const size = Number(header('x-linked-size') ?? header('content-length') ?? Number.NaN);
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new ClipError(
      'DOWNLOAD_FAILED',
      `${shownUrl(url.href)}: expected the file's size, got none`,
    );
  }
  const commit = folder.hasCommits ? commitOf(response, url) : undefined;
  const etag = plainEtag(header('x-linked-etag') ?? header('etag'));
  const version = etag ?? `${url.href} ${size} ${header('last-modified') ?? ''}`;
  return {
    name,
    url,
    size,
    blob: BLOB_NAME.test(version) ? version : createHash('sha256').update(version).digest('hex'),
    checksums: checksumsOf(response, commit !== undefined, etag),
    commit,
  };
}

/** A redirect that lacks either leads on within the hub, such as one of a renamed model. */
const saysWhatItIs = ({ header }: HttpResponse): boolean =>
  header('x-linked-etag') !== undefined && header('x-linked-size') !== undefined;

const BLOB_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** The hub tells a missing file from a missing model; other servers know files alone. */
function isMissingEntry({ header }: HttpResponse): boolean {
  const code = header('x-error-code');
  return code === undefined || code === 'EntryNotFound';
}

/** `W/"abc"` and `"abc"` as `abc`. */
function plainEtag(etag: string | undefined): string | undefined {
  return etag?.replace(/^W\//, '').replace(/^"(.*)"$/, '$1') || undefined;
}

/** It becomes a name in the cache: nothing else than a hash may. */
function commitOf({ header }: HttpResponse, url: URL): string | undefined {
  const commit = header('x-repo-commit');
  if (commit === undefined || COMMIT.test(commit)) return commit;
  const got = JSON.stringify(commit.slice(0, 100));
  throw new ClipError(
    'DOWNLOAD_FAILED',
    `${shownUrl(url.href)}: expected a commit of 40 hexadecimal digits, got ${got}; check HF_ENDPOINT`,
  );
}

/** A linked file's etag is its SHA-256; another's on the hub is git's hash of it. */
function checksumsOf({ header }: HttpResponse, isHub: boolean, etag = ''): readonly Checksum[] {
  const isLinked = header('x-linked-etag') !== undefined;
  if ((isHub || isLinked) && /^[0-9a-f]{64}$/.test(etag)) return [{ kind: 'sha256', value: etag }];
  if (isHub && /^[0-9a-f]{40}$/.test(etag)) return [{ kind: 'git-blob', value: etag }];
  return [];
}
