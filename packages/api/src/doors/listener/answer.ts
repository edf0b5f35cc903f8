import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerLog } from '../../telemetry/server-log.ts';
import { SlicedResponse } from '../requests/json-response.ts';
import type { KeepBytes } from '../requests/request-body.ts';
import { REQUEST_ID, requestIdOf } from '../requests/request-id.ts';
import type { ClipqlYoga } from '../yoga.ts';
import { compressBody, compressSlices, packingOf } from './compress.ts';
import { type RefusalLog, refuse } from './refuse.ts';

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
    const isWhole = !(answered instanceof SlicedResponse) && !isEventStream(answered);
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
      // News may be long in coming: its client has the time for each piece, not for all.
      const since = isEventStream(answered)
        ? () => performance.now()
        : constantly(performance.now());
      await sendSlices(sent, response, answering.transferMs, since);
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
  { yoga, log, refusals, ending, leaving }: Answering,
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
    const context = { port, address, ending, leaving, sentStatus, keepBytes };
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

const constantly = (value: number) => () => value;

/** Server-sent events, which never come to an end by themselves. */
const isEventStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') ?? false;

/** Each slice is printed when the client has taken what was before it; one that is slow is cut off. */
async function sendSlices(
  slices: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  to: ServerResponse,
  transferMs: Answering['transferMs'],
  since: () => number,
): Promise<void> {
  let sent = 0;
  for await (const slice of slices) {
    sent += slice.length;
    if (to.destroyed) return;
    if (!to.write(slice)) await taken(to, since() + transferMs(sent) - performance.now());
  }
  to.end();
}

/** Resolves when there is room again, or nobody to fill it for. */
function taken(response: ServerResponse, most: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => response.destroy(), Math.max(0, most));
  response.once('drain', resolve).once('close', resolve);
  return promise.finally(() => {
    clearTimeout(timer);
    response.off('drain', resolve).off('close', resolve);
  });
}

/** By their names in lower case. */
const headersOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries(
    [...headers]
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !OF_CONNECTION.has(name)),
  );
