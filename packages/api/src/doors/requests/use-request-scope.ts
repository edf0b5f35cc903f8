import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import { currentRequest, withinRequest } from '../../telemetry/request-scope.ts';
import type { RequestLog } from '../../telemetry/server-log.ts';
import type { RouteTable } from './route-table.ts';
import type { ServerContext } from './services.ts';

export const REQUEST_ID = 'x-request-id';

/**
 * Gives every request an id, the client's own where it sent a usable one; the answer and each line of
 * the log have it.
 *
 * @param log takes each request once it is answered.
 */
export function useRequestScope(table: RouteTable, log: RequestLog): Plugin<object, ServerContext> {
  return {
    instrumentation: {
      request: ({ request }, answer) =>
        withinRequest(
          { id: requestId(request.headers.get(REQUEST_ID)), start: performance.now() },
          answer,
        ),
    },
    onResponse: ({ request, response, serverContext }) => {
      const scope = currentRequest();
      if (scope === undefined) return;
      response.headers.set(REQUEST_ID, scope.id);
      const { pathname: path } = new URL(request.url);
      if (table.find(request.method, path)?.isLogged === false) return;
      const milliseconds = Math.round(performance.now() - scope.start);
      const status = serverContext?.sentStatus?.() ?? response.status;
      log({ method: request.method, path, status, milliseconds });
    },
  };
}

/** Not just anything: it goes into the log and back to the client. */
function requestId(sent: string | null): string {
  return sent !== null && /^[\w.:/+=-]{1,128}$/.test(sent) ? sent : randomUUID();
}
