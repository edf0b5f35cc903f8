import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of the request that is being answered, wherever its code runs. */
export interface RequestScope {
  readonly id: string;
  /** When it came, as `performance.now()` has it. */
  readonly start: number;
  /** Whom it is from: the client's address. */
  address?: string;
  /** The name of its key, or the subject of its token. */
  caller?: string;
  /** With whom it shares a place in line: its key or subject, else its network. */
  party?: string;
  /** The name of its GraphQL operation. */
  operation?: string;
  /** That of the error it fails with, or of the first of several. */
  code?: string;
}

const scopes = new AsyncLocalStorage<RequestScope>();

/** Does the work as part of a request. */
export const withinRequest = <T>(scope: RequestScope, work: () => T): T => scopes.run(scope, work);

/** Undefined outside of any. */
export const currentRequest = (): RequestScope | undefined => scopes.getStore();

/** Remembers, for the log, what has become known of the request that is being answered. */
export function noteRequest(known: Omit<Partial<RequestScope>, 'id' | 'start'>): void {
  const scope = scopes.getStore();
  if (scope !== undefined) Object.assign(scope, known);
}
