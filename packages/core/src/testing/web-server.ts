import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on a free port of 127.0.0.1. */
export interface WebServer {
  readonly port: number;
  /** For example `127.0.0.1:40123`. */
  readonly host: string;
  readonly url: string;
  /** The paths that were asked for. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** @param handlers by path; any other path is a 404. */
export async function startWebServer(
  handlers: Readonly<Record<string, Handler>>,
): Promise<WebServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url!);
    const handler = handlers[request.url!];
    if (handler) handler(request, response);
    else response.writeHead(404).end('no such page');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with these bytes. */
export const bytes =
  (body: Uint8Array, contentType = 'image/jpeg'): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': contentType }).end(body);
  };

/** A file as a store serves it: with its length and an etag, whole or from a byte on. */
export const storedFile =
  (body: Uint8Array): Handler =>
  ({ headers }, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const range = `bytes ${start}-${body.length - 1}/${body.length}`;
    response
      .writeHead(start === 0 ? 200 : 206, {
        ...{ 'content-length': body.length - start, etag: '"0x8DA1"' },
        ...(start > 0 && { 'content-range': range }),
      })
      .end(body.subarray(start));
  };

/** Sends the client elsewhere. */
export const redirectTo =
  (location: string, status = 302): Handler =>
  (_request, response) => {
    response.writeHead(status, { location }).end();
  };
