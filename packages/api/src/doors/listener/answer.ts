import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeError } from '../../errors/public-error.ts';
import type { ServerLog } from '../../telemetry/server-log.ts';
import { SlicedResponse } from '../requests/json-response.ts';
import type { KeepBytes } from '../requests/request-body.ts';
import { REQUEST_ID, requestIdOf } from '../requests/request-id.ts';
import type { ClipqlYoga } from '../yoga.ts';
import { compressBody, compressSlices, packingOf } from './compress.ts';
import { type RefusalLog, refuse } from './refuse.ts';
import { roomToWrite } from './room-to-write.ts';
import { isEventStream, sendEvents } from './send-events.ts';
import { shuttingDown } from './shut-down.ts';

/** What answers requests. */
export interface Answering {
  readonly yoga: ClipqlYoga;
  readonly log: Pick<ServerLog, 'unexpected'>;
  readonly refusals: RefusalLog;
  /** Ends all operations. */
  readonly ending: AbortSignal;
  /** Aborted when no more requests are to come. */
  readonly leaving: AbortSignal;
  /** The longest that a client may take for so many bytes, in milliseconds. */
  readonly transferMs: (bytes: number) => number;
}

/** Answers a request, and sends the answer whole, or slice by slice where it is long. */
export async function answer(
  answering: Answering,
  request: IncomingMessage,
  response: ServerResponse,
  keepBytes: KeepBytes,
): Promise<void> {
  try {
    const answered = await respond(answering, request, response, keepBytes);
    if (answered === undefined) return;
    if (isEventStream(answered)) return await answerWithEvents(answering, answered, response);
    const isWhole = !(answered instanceof SlicedResponse);
    const body = isWhole ? Buffer.from(await answered.arrayBuffer()) : undefined;
    const accepted = request.headers['accept-encoding'];
    const { coding, headers } = packingOf(headersOf(answered), accepted, body?.length);
    const packed = body && coding ? await compressBody(body, coding) : body;
    // Refused meanwhile, since the server ends.
    if (response.headersSent) return;
    // The client would send its next request on this connection, just as it is closed.
    if (answering.leaving.aborted) response.shouldKeepAlive = false;
    if (packed === undefined) {
      const slices = answered.body ?? [];
      response.writeHead(answered.status, headers);
      const sent = coding === undefined ? slices : compressSlices(slices, coding);
      await sendSlices(sent, response, answering.transferMs);
    } else {
      // Of 304 it would be that of the answer which the client has.
      const length = answered.status === 304 ? {} : { 'content-length': packed.length };
      response.writeHead(answered.status, { ...headers, ...length });
      response.end(packed);
    }
  } catch (error) {
    // The client went away, or nothing can be sent to it any more.
    response.destroy(error instanceof Error ? error : undefined);
  }
}

/** A server that ends does not begin what has no end. */
async function answerWithEvents(
  { refusals, leaving, transferMs }: Answering,
  answered: Response,
  response: ServerResponse,
): Promise<void> {
  const events = answered.body!;
  if (!leaving.aborted) {
    response.writeHead(answered.status, headersOf(answered));
    return sendEvents(events, response, transferMs, leaving);
  }
  const reader = events.getReader();
  // Yoga's streams can be cancelled once they have begun.
  await reader.read();
  await reader.cancel();
  // Refused meanwhile.
  if (response.headersSent) return;
  response.shouldKeepAlive = false;
  refuse(describeError(shuttingDown()), response, refusals);
}

/** What is wrong with where a request goes; HTTP/1.0 has no host header. */
function wrongAddress({
  headers: { host },
  httpVersion,
  url,
}: IncomingMessage): string | undefined {
  if (host === undefined && httpVersion !== '1.0') return 'expected a Host header, got none';
  if (URL.canParse(`http://${host}${url}`)) return undefined;
  return 'expected a valid host header and path';
}

/**
 * Yoga's own listener would show an unexpected error's stack.
 *
 * @returns undefined where the request is refused.
 */
async function respond(
  { yoga, log, refusals, ending }: Answering,
  request: IncomingMessage,
  response: ServerResponse,
  keepBytes: KeepBytes,
): Promise<Response | undefined> {
  const message = wrongAddress(request);
  if (message !== undefined) {
    refuse({ code: 'BAD_REQUEST', message }, response, refusals);
    return undefined;
  }
  const requestId = String(response.getHeader(REQUEST_ID));
  try {
    const { localPort: port, remoteAddress: address } = request.socket;
    const sentStatus = () => statusSent(response);
    const context = { port, address, ending, sentStatus, keepBytes };
    return await yoga.handleNodeRequestAndResponse(request, response, context);
  } catch (error) {
    // Nobody is left to answer, and nothing went wrong.
    if (response.destroyed) throw error;
    log.unexpected(requestId, error);
    const message = `something went wrong inside ClipQL; its log says what under ${requestId}`;
    refuse({ code: 'INTERNAL', message }, response, refusals);
    return undefined;
  }
}

/** Gives a request its id, and its answer the same, whoever answers. */
export function identify(request: IncomingMessage, response: ServerResponse): void {
  const sent = request.headers[REQUEST_ID];
  const id = requestIdOf(Array.isArray(sent) ? undefined : sent);
  request.headers[REQUEST_ID] = id;
  response.setHeader(REQUEST_ID, id);
}

function statusSent(response: ServerResponse): number | undefined {
  if (response.headersSent) return response.statusCode;
  return response.destroyed ? 0 : undefined;
}

/** Headers that yoga gives a stream. What is sent whole, on a connection that is kept or not, has its own. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'transfer-encoding']);

/** Each slice is printed when the client has taken what was before it; one that is slow is cut off. */
async function sendSlices(
  slices: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  to: ServerResponse,
  transferMs: Answering['transferMs'],
): Promise<void> {
  const begun = performance.now();
  let sent = 0;
  for await (const slice of slices) {
    sent += slice.length;
    if (to.destroyed) return;
    if (!to.write(slice)) await roomToWrite(to, begun + transferMs(sent) - performance.now());
  }
  to.end();
}

/** By their names in lower case. */
const headersOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries(
    [...headers]
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !OF_CONNECTION.has(name)),
  );
