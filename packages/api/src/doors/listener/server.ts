import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ApiError } from '../../errors/api-error.ts';
import type { ServerLog } from '../../telemetry/server-log.ts';
import { GRAPHQL_PATH } from '../requests/route.ts';
import type { ClipqlYoga } from '../yoga.ts';
import { accept } from './accept.ts';
import { answer, identify } from './answer.ts';
import { closeBothWays } from './close-both-ways.ts';
import { HeldBodies } from './held-bodies.ts';
import { type ClientOf, forwardedFor, refuse, refuseClient } from './refuse.ts';
import { shutDown } from './shut-down.ts';
import { type Flood, StartLine } from './start-line.ts';

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
  /** Who a request is from; the connection's other end unless given. */
  readonly clientOf?: ClientOf;
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
 * @param flood by the clients' addresses.
 * @throws ApiError LISTEN_FAILED when the port is taken or the host is not this machine's.
 */
export async function listen(
  yoga: ClipqlYoga,
  options: ListenOptions,
  log: Pick<ServerLog, 'request' | 'unexpected'>,
  flood: Flood = () => undefined,
): Promise<RunningServer> {
  const { host, port, maxRequestMegabytes = 32, transferMs = minuteEach32MiB } = options;
  const { clientOf = (connected = '') => connected } = options;
  const open = new Set<ServerResponse>();
  const breakOff = new AbortController();
  const leave = new AbortController();
  const starts = new StartLine(flood);
  const bodies = new HeldBodies(options.heldBytes ?? HELD_BYTES);
  const ending = breakOff.signal;
  const refusals = { request: log.request, clientOf };
  const leaving = leave.signal;
  const answering = { yoga, log, refusals, ending, leaving, transferMs };
  const requestTimeout = transferMs(maxRequestMegabytes * MEBIBYTE);
  const timeouts = {
    requestTimeout,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.min(CHECK_MS, requestTimeout),
    // Node's own answer to a request without one has no body; `answer` refuses it with a reason.
    requireHostHeader: false,
  };
  const server = createServer(timeouts, (request, response) => {
    open.add(response);
    identify(request, response);
    const body = bodies.hold();
    response.on('close', () => {
      open.delete(response);
      body.release();
      // A connection that is kept for more requests would hold a closing server up.
      if (!server.listening) server.closeIdleConnections();
    });
    // What comes after the last request of a connection cannot be answered any more.
    if (!request.socket.writable) return void response.destroy();
    const begin = () => {
      if (response.destroyed) return;
      void answer(answering, request, response, body.keep).then(sent);
    };
    const sent = () => cutOffLate(response, transferMs);
    if (!isWork(request)) return begin();
    starts.enter(clientOf(request.socket.remoteAddress, forwardedFor(request)), {
      begin,
      refuse: (refusal) => {
        if (response.destroyed) return;
        refuse(refusal, response, refusals);
        sent();
      },
    });
  });
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    closeBothWays(socket);
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    // For Node an answer that is written is done, though its client has yet to take it.
    if (![...open].some(isBeingTaken)) closeIdle();
  };
  server.on('clientError', (error, socket) =>
    refuseClient(error, socket as Socket, open, refusals),
  );
  const acceptor = await accept(server, host, port).catch((error) => {
    throw listenFailure(error, host, port);
  });
  return {
    url: urlOf(server),
    close: (graceMs, drained = Promise.resolve()) => {
      leave.abort();
      const listener = { server, acceptor, connections, open, breakOff, log: refusals };
      return shutDown(listener, graceMs, drained);
    },
  };
}

/** Whether it may take more than a moment: queries come by GET as well. */
const isWork = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'POST' || (method === 'GET' && url.startsWith(`${GRAPHQL_PATH}?`));

/** A client that does not take its answer would hold it, and a connection, for ever. */
function cutOffLate(response: ServerResponse, transferMs: (bytes: number) => number): void {
  if (!isBeingTaken(response)) return;
  const timer = setTimeout(() => response.destroy(), transferMs(response.writableLength)).unref();
  response.once('close', () => clearTimeout(timer));
}

const isBeingTaken = ({ writableEnded, writableFinished, destroyed }: ServerResponse): boolean =>
  writableEnded && !writableFinished && !destroyed;

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
