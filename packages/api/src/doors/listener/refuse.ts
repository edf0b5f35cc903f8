import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { PublicError } from '../../errors/public-error.ts';
import { failureOf } from '../requests/http-error.ts';
import { clientError } from './client-errors.ts';

/** As the path's clients can read it; for a tenth of what it costs to come to it by way of a query. */
export function refuse(error: PublicError, response: ServerResponse): void {
  const { status, headers, body } = failureOf(error, pathOf(response.req));
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** The same, of a request that has not become one. */
function refusalText(error: PublicError): string {
  const { status, headers, body } = failureOf(error, '');
  const ofConnection = { 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries({ ...headers, ...ofConnection }).map((entry) => entry.join(': '));
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}

/** Of what is no request in HTTP, or does not arrive in time. */
export function refuseClient(
  error: Error,
  socket: Socket,
  open: ReadonlySet<ServerResponse>,
): void {
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
export const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0]!;
