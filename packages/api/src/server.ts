import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { clientError } from './client-errors.ts';
import type { ErrorLog } from './error-log.ts';
import { ApiError, describeError, type PublicError } from './errors.ts';
import { HeldBodies } from './held-bodies.ts';
import { httpError, refusalOf } from './http-error.ts';
import type { KeepBytes } from './request-body.ts';
import type { ClipqlYoga } from './yoga.ts';

export interface RunningServer {
  /** For example `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Ends without losing a request. Until `drained`, connections are still taken, for load balancers
   * that have not heard yet, and every answer ends its connection; then no more are taken, and what
   * was accepted is answered, for at most `graceMs` from the beginning: shortly before that operations
   * are broken off, and what is then left is SHUTTING_DOWN.
   */
  close(graceMs: number, drained?: Promise<void>): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** 32 unless given. */
  readonly maxRequestMegabytes?: number;
  /**
   * The longest that so many bytes may take to arrive, or to be taken by a client, in milliseconds: a
   * minute for each 32 MiB begun, which is 5 Mbit/s, unless given.
   */
  readonly transferMs?: (bytes: number) => number;
  /** Bytes of requests that may arrive or be answered at a time; 256 MiB unless given. */
  readonly heldBytes?: number;
}

const MEBIBYTE = 1024 * 1024;

const minuteEach32MiB = (bytes: number): number =>
  60_000 * Math.max(1, Math.ceil(bytes / (32 * MEBIBYTE)));

/** As many as image files may take: several of the largest requests, and a gigabyte of all that is made of them. */
const HELD_BYTES = 256 * MEBIBYTE;

/** Longer than load balancers keep a connection, who would else send into one that is just closed. */
const KEEP_ALIVE_MS = 65_000;
/** How often late requests are looked for, at most. */
const CHECK_MS = 5_000;

/**
 * Listens for HTTP requests. A client that is slow to send, or to take its answer, is cut off.
 *
 * @param flood why to refuse a request for work before it is read, if there is a reason.
 * @throws ApiError LISTEN_FAILED when the port is taken or the host is not this machine's.
 */
export async function listen(
  yoga: ClipqlYoga,
  options: ListenOptions,
  log: ErrorLog,
  flood: () => PublicError | undefined = () => undefined,
): Promise<RunningServer> {
  const { host, port, maxRequestMegabytes = 32, transferMs = minuteEach32MiB } = options;
  let isEnding = false;
  const open = new Set<ServerResponse>();
  const breakOff = new AbortController();
  const bodies = new HeldBodies(options.heldBytes ?? HELD_BYTES);
  const answering = { yoga, log, ending: breakOff.signal, isEnding: () => isEnding };
  const requestTimeout = transferMs(maxRequestMegabytes * MEBIBYTE);
  const timeouts = {
    requestTimeout,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.min(CHECK_MS, requestTimeout),
  };
  const server = createServer(timeouts, (request, response) => {
    open.add(response);
    const body = bodies.hold();
    response.on('close', () => {
      open.delete(response);
      body.release();
      // A connection that is kept for more requests would hold a closing server up.
      if (!server.listening) server.closeIdleConnections();
    });
    const refusal = request.method === 'POST' ? flood() : undefined;
    const sent =
      refusal === undefined
        ? answer(answering, request, response, body.keep)
        : Promise.resolve(refuse(refusal, response));
    void sent.then(() => cutOffLate(response, transferMs));
  });
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    // For Node an answer that is written is done, though its client has yet to take it.
    if (![...open].some(isBeingTaken)) closeIdle();
  };
  server.on('clientError', (error, socket) => refuseClient(error, socket as Socket, open));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailure(error, host, port)));
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server),
    close: (graceMs, drained = Promise.resolve()) => {
      isEnding = true;
      return shutDown({ server, open, breakOff }, graceMs, drained);
    },
  };
}

/** What answers requests. */
interface Answering {
  readonly yoga: ClipqlYoga;
  readonly log: ErrorLog;
  /** Ends all operations. */
  readonly ending: AbortSignal;
  readonly isEnding: () => boolean;
}

async function answer(
  answering: Answering,
  request: IncomingMessage,
  response: ServerResponse,
  keepBytes: KeepBytes,
): Promise<void> {
  try {
    const answered = await respond(answering, request, response, keepBytes);
    const body = Buffer.from(await answered.arrayBuffer());
    // Refused meanwhile, since the server ends.
    if (response.headersSent) return;
    // The client would send its next request on this connection, just as it is closed.
    if (answering.isEnding()) response.shouldKeepAlive = false;
    send(answered, body, response);
  } catch (error) {
    // The client went away, or nothing can be sent to it any more.
    response.destroy(error instanceof Error ? error : undefined);
  }
}

/** Yoga's own listener would show an unexpected error's stack. */
async function respond(
  { yoga, log, ending }: Answering,
  request: IncomingMessage,
  response: ServerResponse,
  keepBytes: KeepBytes,
): Promise<Response> {
  if (!URL.canParse(`http://${request.headers.host}${request.url}`)) {
    return httpError(400, 'BAD_REQUEST', 'expected a valid host header and path');
  }
  try {
    const { localPort: port, remoteAddress: address } = request.socket;
    const sentStatus = () => statusSent(response);
    const context = { port, address, ending, sentStatus, keepBytes };
    return await yoga.handleNodeRequestAndResponse(request, response, context);
  } catch (error) {
    // Nobody is left to answer, and nothing went wrong.
    if (response.destroyed) throw error;
    log('http', error);
    const message = 'something went wrong inside ClipQL; its log says what';
    return httpError(500, 'INTERNAL', message, pathOf(request));
  }
}

/** A client that does not take its answer would hold it, and a connection, for ever. */
function cutOffLate(response: ServerResponse, transferMs: (bytes: number) => number): void {
  if (!isBeingTaken(response)) return;
  const timer = setTimeout(() => response.destroy(), transferMs(response.writableLength)).unref();
  response.once('close', () => clearTimeout(timer));
}

const isBeingTaken = ({ writableEnded, writableFinished, destroyed }: ServerResponse): boolean =>
  writableEnded && !writableFinished && !destroyed;

/** Of what is no request in HTTP, or does not arrive in time. */
function refuseClient(error: Error, socket: Socket, open: ReadonlySet<ServerResponse>): void {
  const refusal = clientError(error);
  const begun = [...open].find((response) => response.socket === socket);
  if (refusal === undefined || !socket.writable || begun?.headersSent) socket.destroy();
  else if (begun === undefined) socket.end(refusalText(refusal));
  else {
    begun.shouldKeepAlive = false;
    refuse(refusal, begun);
  }
}

/** Without the query string. */
const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0]!;

function statusSent(response: ServerResponse): number | undefined {
  if (response.headersSent) return response.statusCode;
  return response.destroyed ? 0 : undefined;
}

/** As the path's clients can read it; for a tenth of what it costs to come to it by way of a query. */
function refuse(error: PublicError, response: ServerResponse): void {
  const { status, headers, body } = refusalOf(error, pathOf(response.req));
  response.writeHead(status, headers);
  response.end(body);
}

/** The same, of a request that has not become one. */
function refusalText(error: PublicError): string {
  const { status, headers, body } = refusalOf(error, '');
  const lines = Object.entries({ ...headers, connection: 'close' }).map((entry) =>
    entry.join(': '),
  );
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}

/** Headers that yoga gives a stream. What is sent whole, on a connection that is kept or not, has its own. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'transfer-encoding']);

function send({ status, headers }: Response, body: Buffer, to: ServerResponse): void {
  const own = [...headers].filter(([name]) => !OF_CONNECTION.has(name.toLowerCase()));
  to.writeHead(status, { ...Object.fromEntries(own), 'content-length': body.length });
  to.end(body);
}

/** How long before the end of the grace operations are broken off, in milliseconds. */
const LAST_WORDS_MS = 1_000;

/** How long the last answers may take to be sent. */
const SENDING_MS = 500;

/** What listens, and what it has accepted. */
interface Listener {
  readonly server: Server;
  /** What is not sent to its end. */
  readonly open: ReadonlySet<ServerResponse>;
  /** Ends all operations. */
  readonly breakOff: AbortController;
}

/**
 * Lets requests come until `drained`, then takes no more; operations are broken off shortly before the
 * grace ends, and what is then left is refused.
 */
async function shutDown(
  { server, open, breakOff }: Listener,
  graceMs: number,
  drained: Promise<void>,
): Promise<void> {
  const graceOver = Promise.withResolvers<void>();
  const lastWords = setTimeout(
    () => breakOff.abort(shuttingDown()),
    Math.max(graceMs / 2, graceMs - LAST_WORDS_MS),
  );
  const end = setTimeout(async () => {
    await refuseAll(open);
    server.closeAllConnections();
    graceOver.resolve();
  }, graceMs);
  await Promise.race([drained, graceOver.promise]);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(lastWords);
  clearTimeout(end);
}

/** What would not end with its operation: a request that is still arriving, or a model being loaded. */
async function refuseAll(open: ReadonlySet<ServerResponse>): Promise<void> {
  const refusal = describeError(shuttingDown());
  const left = [...open];
  const closed = left.map((response) => new Promise((resolve) => response.once('close', resolve)));
  for (const response of left.filter(({ headersSent }) => !headersSent)) {
    response.shouldKeepAlive = false;
    refuse(refusal, response);
  }
  await Promise.race([Promise.all(closed), delay(SENDING_MS, undefined, { ref: false })]);
}

const shuttingDown = (): ApiError =>
  new ApiError('SHUTTING_DOWN', 'the server is ending; the same request may be sent again', {
    retryAfter: 1,
  });

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  // A server on all addresses is reached on this one.
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `http://${family === 'IPv6' && host.includes(':') ? `[${host}]` : host}:${port}`;
}

const LISTEN_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use; --port chooses another',
  EACCES: 'it needs more rights; --port chooses another',
  EADDRNOTAVAIL: 'the address is not of this machine; --host chooses another',
  ENOTFOUND: 'the host is unknown; --host chooses another',
};

function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): ApiError {
  const reason = LISTEN_FAILURES[error.code ?? ''] ?? error.code ?? 'unknown reason';
  return new ApiError('LISTEN_FAILED', `cannot listen on ${host}:${port}: ${reason}`, {
    cause: error,
  });
}
