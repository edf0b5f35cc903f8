import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { currentRequest, noteRequest, withinRequest } from '../../telemetry/request-scope.ts';
import type { RequestLog } from '../../telemetry/server-log.ts';
import { REQUEST_ID, requestIdOf } from './request-id.ts';
import type { RouteTable } from './route-table.ts';
import type { ServerContext } from './services.ts';

/**
 * Gives every request an id, the client's own where it sent a usable one; the answer and each line of
 * the log have it.
 *
 * @param log takes each request once it is answered, unless the listener did that.
 */
export function useRequestScope(table: RouteTable, log: RequestLog): Plugin<object, ServerContext> {
  return {
    instrumentation: {
      request: ({ request }, answer) => {
        const id = requestIdOf(request.headers.get(REQUEST_ID));
        return withinRequest({ id, start: performance.now() }, answer);
      },
    },
    onParams: ({ params: { operationName } }) => noteOperation(operationName),
    onExecute: ({ args: { document, operationName } }) =>
      noteOperation(getOperationAST(document, operationName)?.name?.value),
    onResponse: ({ request, response, serverContext }) => {
      const scope = currentRequest();
      if (scope === undefined) return;
      response.headers.set(REQUEST_ID, scope.id);
      const { pathname: path } = new URL(request.url);
      if (table.find(path, request)?.isLogged === false) return;
      const sent = serverContext?.sentStatus?.();
      if (sent !== undefined && sent > 0) return;
      const milliseconds = Math.round(performance.now() - scope.start);
      const { code } = scope;
      const entry = { method: request.method, path, status: sent ?? response.status, milliseconds };
      log({ ...entry, ...(code !== undefined && { code }) });
    },
  };
}

/** Not all of it: it is of any length. */
function noteOperation(name: unknown): void {
  if (typeof name === 'string') noteRequest({ operation: name.slice(0, 100) });
}
