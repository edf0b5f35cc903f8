import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { currentRequest } from '../../telemetry/request-scope.ts';
import { withSpan } from '../../telemetry/tracing.ts';
import type { RouteTable } from './route-table.ts';

/**
 * A span for each request, within its client's where it says so, with what kind of operation it was.
 * Query strings, variables and headers stay out: they may hold secrets.
 */
export function useTracing(table: RouteTable): Plugin {
  return {
    instrumentation: {
      request: ({ request }, answer) => {
        const { pathname } = new URL(request.url);
        const attributes = { 'http.request.method': request.method, 'url.path': pathname };
        const name = `${request.method} ${table.nameOf(pathname)}`;
        const parent = propagation.extract(context.active(), Object.fromEntries(request.headers));
        return context.with(parent, () =>
          withSpan(name, attributes, async () => answer(), SpanKind.SERVER),
        );
      },
    },
    onExecute: ({ args: { document, operationName } }) => {
      const operation = getOperationAST(document, operationName);
      trace.getActiveSpan()?.setAttributes({
        'graphql.operation.type': operation?.operation ?? 'unknown',
        ...(operation?.name && { 'graphql.operation.name': operation.name.value.slice(0, 100) }),
      });
    },
    onResponse: ({ response: { status } }) => {
      const span = trace.getActiveSpan();
      span?.setAttribute('http.response.status_code', status);
      // A GraphQL operation that failed has status 200 as a rule.
      const message = currentRequest()?.code;
      const isError = status >= 500 || (status < 400 && message !== undefined);
      if (isError) span?.setStatus({ code: SpanStatusCode.ERROR, ...(message && { message }) });
    },
  };
}
