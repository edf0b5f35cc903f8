import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { PublicError } from '../../errors/public-error.ts';
import type { RequestLog } from '../../telemetry/server-log.ts';
import { failureOf } from '../requests/http-error.ts';
import { REQUEST_ID, requestIdOf } from '../requests/request-id.ts';
import { clientError } from './client-errors.ts';

/** Where refusals are written. */
export interface RefusalLog {
  readonly request: RequestLog;
  /** Who a request is from: the connection's other end, or who is behind it where that is a trusted proxy. */
  readonly clientOf: ClientOf;
}

export type ClientOf = (connected: string | undefined, forwardedFor: string | null) => string;

/**
 * Refuses a request, as its path's clients can read it, and logs that; for a tenth of what it costs to
 * come to it by way of a query.
 */
export function refuse(error: PublicError, response: ServerResponse, log: RefusalLog): void {
  const { req: request } = response;
  const path = pathOf(request);
  const { status, headers, body } = failureOf(error, path);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  const { method = '' } = request;
  const requestId = String(response.getHeader(REQUEST_ID));
  const { code } = error;
  const address = log.clientOf(response.socket?.remoteAddress, forwardedFor(request));
  log.request({ requestId, method, path, status, code, ...(address !== '' && { address }) });
}

/** The same, of a request that has not become one. */
function refuseSocket(error: PublicError, socket: Socket, log: RefusalLog): void {
  const { status, headers, body } = failureOf(error, '');
  const requestId = requestIdOf(undefined);
  const ofConnection = { 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries({ ...headers, [REQUEST_ID]: requestId, ...ofConnection });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...lines.map((line) => line.join(': ')),
  ];
  socket.end([...head, '', body].join('\r\n'));
  // Who is behind a proxy is not known this early.
  const { remoteAddress: address } = socket;
  log.request({ requestId, status, code: error.code, ...(address !== undefined && { address }) });
}

/** Of what is no request in HTTP, or does not arrive in time. */
export function refuseClient(
  error: Error,
  socket: Socket,
  open: ReadonlySet<ServerResponse>,
  log: RefusalLog,
): void {
  const refusal = clientError(error);
  const begun = [...open].find((response) => response.socket === socket);
  if (refusal === undefined || !socket.writable || begun?.headersSent) socket.destroy();
  else if (begun === undefined) refuseSocket(refusal, socket, log);
  else {
    begun.shouldKeepAlive = false;
    refuse(refusal, begun, log);
  }
}

/** What proxies say of a request. */
export function forwardedFor({ headers }: IncomingMessage): string | null {
  return [headers['x-forwarded-for'] ?? []].flat().join(', ') || null;
}

/** Without the query string. */
const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0]!;
