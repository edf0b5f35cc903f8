import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorLog } from '../../telemetry/error-log.ts';
import { failureResponse } from '../requests/http-error.ts';
import type { KeepBytes } from '../requests/request-body.ts';
import type { ClipqlYoga } from '../yoga.ts';
import { pathOf } from './refuse.ts';

/** What answers requests. */
export interface Answering {
  readonly yoga: ClipqlYoga;
  readonly log: ErrorLog;
  /** Ends all operations. */
  readonly ending: AbortSignal;
  readonly isEnding: () => boolean;
}

/** Answers a request, and sends the answer whole. */
export async function answer(
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
    const message = 'expected a valid host header and path';
    return failureResponse({ code: 'BAD_REQUEST', message }, pathOf(request));
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
    return failureResponse({ code: 'INTERNAL', message }, pathOf(request));
  }
}

function statusSent(response: ServerResponse): number | undefined {
  if (response.headersSent) return response.statusCode;
  return response.destroyed ? 0 : undefined;
}

/** Headers that yoga gives a stream. What is sent whole, on a connection that is kept or not, has its own. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'transfer-encoding']);

function send({ status, headers }: Response, body: Buffer, to: ServerResponse): void {
  const own = [...headers].filter(([name]) => !OF_CONNECTION.has(name.toLowerCase()));
  to.writeHead(status, { ...Object.fromEntries(own), 'content-length': body.length });
  to.end(body);
}
