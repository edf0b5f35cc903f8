import { randomUUID } from 'node:crypto';

/** The header that has a request's id, of the client or of the server. */
export const REQUEST_ID = 'x-request-id';

/** The client's own id where it sent a usable one: it goes into the log and back to the client. */
export function requestIdOf(sent: string | null | undefined): string {
  return typeof sent === 'string' && /^[\w.:/+=-]{1,128}$/.test(sent) ? sent : randomUUID();
}
