import { ClipError, grouped } from '../errors.ts';
import { mayPass } from '../hub/model-id.ts';
import type { HubModelRequest } from '../hub/options.ts';
import { PassingError } from '../hub/retry.ts';
import { isJsonObject, parseJsonObject } from '../json.ts';
import { arriving, openConnection } from './connection.ts';

/** What a hash of a file's bytes has to be, in hexadecimal. */
export interface Checksum {
  /** `git-blob` is SHA-1 of `blob <size>`, a zero byte and the bytes. */
  readonly kind: 'sha256' | 'git-blob';
  readonly value: string;
}

/** A file as the hub describes it. */
export interface HubFile {
  readonly name: string;
  readonly url: string;
  /** In bytes. */
  readonly size: number;
  readonly checksum: Checksum | undefined;
}

const PUBLIC_HUB = 'https://huggingface.co';
const MAX_LISTING_BYTES = 16 * 1024 * 1024;

const endpointOf = ({ endpoint }: HubModelRequest): string =>
  (endpoint || PUBLIC_HUB).replace(/\/+$/, '');

/** Where the hub says which files a model has. */
export function listingUrl(request: HubModelRequest): string {
  const revision = encodeURIComponent(request.revision ?? 'main');
  return `${endpointOf(request)}/api/models/${request.id}/revision/${revision}?blobs=true`;
}

/**
 * Asks the hub for a model's files.
 *
 * @throws ClipError MODEL_NOT_FOUND, DOWNLOAD_DENIED or DOWNLOAD_FAILED, saying what to do; PassingError
 *   where another try may succeed.
 */
export async function fetchListing(request: HubModelRequest): Promise<Uint8Array> {
  const connection = await openConnection(listingUrl(request), { token: request.token });
  const { response } = connection;
  if (!response.ok) {
    connection.close();
    throw refusal(request, response);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of arriving(connection)) {
    length += part.length;
    if (length > MAX_LISTING_BYTES) {
      const message = `${request.id}: expected a list of at most ${grouped(MAX_LISTING_BYTES)} bytes, got more`;
      throw new ClipError('DOWNLOAD_FAILED', message);
    }
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

function refusal(
  { id, revision = 'main', token, ...request }: HubModelRequest,
  { status, headers }: Response,
): ClipError | PassingError {
  const endpoint = endpointOf({ id, ...request });
  const code = headers.get('x-error-code');
  if (mayPass(status)) return new PassingError(`${endpoint} answered with status ${status}`);
  if (code === 'GatedRepo' || (status === 403 && code === null)) {
    const how = token === undefined ? 'pass a token' : 'pass the token of an account that did';
    const message = `${id} is gated: accept its terms at ${endpoint}/${id}, then ${how}`;
    return new ClipError('DOWNLOAD_DENIED', message);
  }
  if (code === 'RevisionNotFound') {
    return new ClipError('MODEL_NOT_FOUND', `${id} has no revision ${revision}`);
  }
  if (status === 401 || status === 404) {
    const how = token === undefined ? 'if it is private, pass a token' : 'its token has no access';
    const message = `${endpoint} shows no model ${id}; check the name; ${how}`;
    return new ClipError(status === 404 ? 'MODEL_NOT_FOUND' : 'DOWNLOAD_DENIED', message);
  }
  const message = `${id}: ${endpoint} answered with status ${status}; check the endpoint`;
  return new ClipError('DOWNLOAD_FAILED', message);
}

/**
 * The files of one commit, by name.
 *
 * @throws ClipError DOWNLOAD_FAILED for a list that is not as the hub makes them.
 */
export function parseListing(
  json: Uint8Array,
  request: HubModelRequest,
): ReadonlyMap<string, HubFile> {
  const { sha, siblings } = parseJsonObject(json, `the hub's list of ${request.id}`);
  if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha) || !Array.isArray(siblings)) {
    const message = `${request.id}: expected a commit and its files, got something else; check the endpoint`;
    throw new ClipError('DOWNLOAD_FAILED', message);
  }
  const files = siblings.flatMap((sibling: unknown): HubFile[] => {
    if (!isJsonObject(sibling)) return [];
    const { rfilename: name, size, blobId, lfs } = sibling;
    if (typeof name !== 'string' || !Number.isSafeInteger(size) || (size as number) < 0) return [];
    const path = name.split('/').map(encodeURIComponent).join('/');
    const url = `${endpointOf(request)}/${request.id}/resolve/${sha}/${path}`;
    const checksum = checksumOf(isJsonObject(lfs) ? lfs.sha256 : undefined, blobId);
    return [{ name, url, size: size as number, checksum }];
  });
  return new Map(files.map((file) => [file.name, file]));
}

function checksumOf(sha256: unknown, blobId: unknown): Checksum | undefined {
  if (typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)) {
    return { kind: 'sha256', value: sha256 };
  }
  if (typeof blobId === 'string' && /^[0-9a-f]{40}$/.test(blobId)) {
    return { kind: 'git-blob', value: blobId };
  }
  return undefined;
}
