/**
 * A server that speaks the protocol of Hugging Face's hub, for tests: the hub itself, and on another
 * port the store that it redirects to for large files.
 *
 * @see https://huggingface.co/docs/huggingface_hub/package_reference/file_download
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { commitOf, type HubCommit, type HubFile, type HubRepository } from './repository.ts';

/** What goes wrong with an answer of the store; each happens once, in their order. */
type HubFault =
  /** Nothing is sent from this byte of the file on, and the connection stays. */
  | { readonly kind: 'stall'; readonly at: number }
  /** The connection ends at this byte. */
  | { readonly kind: 'drop'; readonly at: number }
  /** This byte is another one. */
  | { readonly kind: 'flip'; readonly at: number }
  | { readonly kind: 'status'; readonly status: number }
  /** The request for a part is answered with the whole. */
  | { readonly kind: 'whole' };

interface HubRequest {
  readonly server: 'hub' | 'store';
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

export interface HubServer {
  /** For HF_ENDPOINT. */
  readonly endpoint: string;
  readonly requests: HubRequest[];
  readonly faults: HubFault[];
  /** The commit of a repository's revision. */
  commit(id: string, revision?: string): HubCommit;
  close(): Promise<void>;
}

interface Hosted extends HubRepository {
  readonly commits: ReadonlyMap<string, HubCommit>;
}

export interface HubOptions {
  /** That the hub knows. */
  readonly token?: string;
  /** Whether it speaks TLS, with the certificate in `certificate/`. */
  readonly tls?: boolean;
}

export async function startHub(
  repositories: readonly HubRepository[],
  { token, tls = false }: HubOptions = {},
): Promise<HubServer> {
  const hosted = new Map<string, Hosted>();
  for (const repository of repositories) {
    const commits = new Map<string, HubCommit>();
    for (const [revision, files] of Object.entries(repository.revisions)) {
      const commit = await commitOf(files, revision);
      commits.set(revision, commit).set(commit.hash, commit);
    }
    hosted.set(repository.id, { ...repository, commits });
  }
  const requests: HubRequest[] = [];
  const faults: HubFault[] = [];
  const log = (server: HubRequest['server'], { method = '', url = '', headers }: IncomingMessage) =>
    requests.push({
      server,
      method,
      path: url,
      range: headers.range,
      authorization: headers.authorization,
    });

  const store = await listening((request, response) => {
    if (isPreflight(request, response)) return;
    log('store', request);
    const sha256 = request.url?.split('/').at(-1);
    const files = [...hosted.values()].flatMap(({ commits }) =>
      [...commits.values()].flatMap((commit) => [...commit.files.values()]),
    );
    const file = files.find((one) => one.sha256 === sha256);
    if (file === undefined) response.writeHead(404).end();
    else void sendPart(file, request, response, faults.shift());
  }, tls);

  const hub = await listening((request, response) => {
    if (isPreflight(request, response)) return;
    log('hub', request);
    answer(hosted, token, `${urlOf(store, tls)}/store`, request, response);
  }, tls);

  return {
    endpoint: urlOf(hub, tls),
    requests,
    faults,
    commit: (id, revision = 'main') => hosted.get(id)!.commits.get(revision)!,
    close: async () => {
      await Promise.all([hub, store].map(closed));
    },
  };
}

/** Pages of any site may ask, as on the hub. @returns whether that was all that was asked. */
function isPreflight({ method }: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'x-error-code, content-range');
  if (method !== 'OPTIONS') return false;
  response.writeHead(204, { 'access-control-allow-headers': 'authorization, range' }).end();
  return true;
}

function answer(
  hosted: ReadonlyMap<string, Hosted>,
  token: string | undefined,
  storeUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { id, revision, name } = requested(request.url ?? '');
  const refuse = (status: number, code: string) =>
    response.writeHead(status, { 'x-error-code': code, 'content-length': 0 }).end();
  const isKnown = token !== undefined && request.headers.authorization === `Bearer ${token}`;
  const renamed = [...hosted.values()].find(({ oldId }) => oldId === id);
  if (renamed !== undefined) {
    const location = (request.url ?? '').replace(id, renamed.id);
    response.writeHead(307, { location, 'content-length': 0 }).end();
    return;
  }
  const repository = hosted.get(id);
  if (repository === undefined || (repository.isPrivate && !isKnown)) {
    // The hub does not tell strangers what there is.
    return void refuse(isKnown ? 404 : 401, 'RepoNotFound');
  }
  if (repository.gated) return void refuse(isKnown ? 403 : 401, 'GatedRepo');
  const commit = repository.commits.get(decodeURIComponent(revision));
  if (commit === undefined) return void refuse(404, 'RevisionNotFound');
  if (name === undefined) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(listingOf(commit));
    return;
  }
  const file = commit.files.get(name);
  if (file === undefined) return void refuse(404, 'EntryNotFound');
  if (file.linked) {
    response.writeHead(302, {
      'x-repo-commit': commit.hash,
      'x-linked-size': file.size,
      'x-linked-etag': `"${file.sha256}"`,
      location: `${storeUrl}/${file.sha256}`,
      'content-length': 0,
    });
    response.end();
    return;
  }
  response.setHeader('x-repo-commit', commit.hash);
  void sendPart(file, request, response, undefined, `"${file.gitHash}"`);
}

/** What a URL asks for: a file, or without a name the list of all. */
function requested(url: string) {
  const list = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/([^/?]+)\?blobs=true$/.exec(url);
  const file = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(url);
  const [, id = '', revision = '', name] = list ?? file ?? [];
  return { id, revision, name };
}

/** The files of a commit, as the hub's API describes them. */
function listingOf({ hash, files }: HubCommit): string {
  const siblings = [...files.values()].map(({ name, size, sha256, gitHash, linked }) => ({
    rfilename: name,
    size,
    blobId: gitHash,
    ...(linked && { lfs: { sha256, size, pointerSize: 134 } }),
  }));
  return JSON.stringify({ sha: hash, siblings });
}

async function sendPart(
  file: HubFile,
  request: IncomingMessage,
  response: ServerResponse,
  fault: HubFault | undefined,
  etag = `"store-${file.sha256.slice(0, 16)}"`,
): Promise<void> {
  if (fault?.kind === 'status') {
    response.writeHead(fault.status, { 'content-length': 0 }).end();
    return;
  }
  const { range, 'if-range': ifRange } = request.headers;
  const [, from] = /^bytes=(\d+)-$/.exec(range ?? '') ?? [];
  const isPart =
    from !== undefined && (ifRange === undefined || ifRange === etag) && fault?.kind !== 'whole';
  const start = isPart ? Number(from) : 0;
  if (start >= file.size && file.size > 0) {
    response.writeHead(416, { 'content-range': `bytes */${file.size}` }).end();
    return;
  }
  response.writeHead(isPart ? 206 : 200, {
    etag,
    'accept-ranges': 'bytes',
    'content-length': file.size - start,
    ...(isPart && { 'content-range': `bytes ${start}-${file.size - 1}/${file.size}` }),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const end =
    fault?.kind === 'stall' || fault?.kind === 'drop' ? Math.max(start, fault.at) : file.size;
  const flipped = fault?.kind === 'flip' ? fault.at : -1;
  const body = file.read(start, end).pipe(flipByte(flipped - start));
  if (end === file.size) {
    await pipeline(body, response).catch(() => {});
    return;
  }
  body.pipe(response, { end: false });
  body.on('end', () => {
    // What was written last is on its way before the connection ends.
    if (fault?.kind === 'drop') response.socket?.destroySoon();
  });
}

/** Passes bytes on, one of them changed. */
function flipByte(at: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding: string, done: TransformCallback) {
      const place = at - passed;
      passed += chunk.length;
      if (place < 0 || place >= chunk.length) return done(null, chunk);
      const changed = Buffer.from(chunk);
      changed[place] = changed[place]! ^ 1;
      done(null, changed);
    },
  });
}

async function listening(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  tls: boolean,
): Promise<Server> {
  const server = tls
    ? createTlsServer({ key: await pem('key'), cert: await pem('certificate') }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

const pem = (name: string): Promise<string> =>
  readFile(new URL(`./certificate/${name}.pem`, import.meta.url), 'utf8');

function urlOf(server: Server, tls: boolean): string {
  const { port } = server.address() as AddressInfo;
  return tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
