import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../../errors/api-error.ts';
import { describeError } from '../../errors/public-error.ts';
import type { Acceptor } from './accept.ts';
import { closeSilent } from './close-silent.ts';
import { type RefusalLog, refuse } from './refuse.ts';

/** How long before the end of the grace operations are broken off, in milliseconds. */
const LAST_WORDS_MS = 1_000;

/** How long the last answers may take to be sent. */
const SENDING_MS = 500;

/** What listens, and what it has accepted. */
export interface Listener {
  readonly server: Server;
  readonly acceptor: Acceptor;
  readonly connections: ReadonlySet<Socket>;
  /** What is not sent to its end. */
  readonly open: ReadonlySet<ServerResponse>;
  /** Ends all operations. */
  readonly breakOff: AbortController;
  readonly log: RefusalLog;
}

/**
 * Lets requests come until `drained`, then takes no more; operations are broken off shortly before the
 * grace ends, and what is then left is refused.
 */
export async function shutDown(
  { server, acceptor, connections, open, breakOff, log }: Listener,
  graceMs: number,
  drained: Promise<void>,
): Promise<void> {
  const graceEnd = performance.now() + graceMs;
  const graceOver = Promise.withResolvers<void>();
  const lastWords = setTimeout(
    () => breakOff.abort(shuttingDown()),
    Math.max(graceMs / 2, graceMs - LAST_WORDS_MS),
  );
  const end = setTimeout(async () => {
    await refuseAll(open, log);
    server.closeAllConnections();
    graceOver.resolve();
  }, graceMs);
  await Promise.race([drained, graceOver.promise]);
  const stop = closeSilent(connections);
  await acceptor.close(graceEnd);
  stop();
  clearTimeout(lastWords);
  clearTimeout(end);
}

/** What would not end with its operation: a request that is still arriving, or a model being loaded. */
async function refuseAll(open: ReadonlySet<ServerResponse>, log: RefusalLog): Promise<void> {
  const refusal = describeError(shuttingDown());
  const left = [...open];
  const closed = left.map((response) => new Promise((resolve) => response.once('close', resolve)));
  for (const response of left.filter(({ headersSent }) => !headersSent)) {
    response.shouldKeepAlive = false;
    refuse(refusal, response, log);
  }
  await Promise.race([Promise.all(closed), delay(SENDING_MS, undefined, { ref: false })]);
}

/** Why the server does not answer any more. */
export const shuttingDown = (): ApiError =>
  new ApiError('SHUTTING_DOWN', 'the server is ending; the same request may be sent again', {
    retryAfter: 1,
  });
