import type { Plugin } from 'graphql-yoga';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { RouteTable } from './route-table.ts';
import type { ServerContext } from './services.ts';

/** Times every request. */
export function useRequestMetrics(
  table: RouteTable,
  { requestSeconds }: Pick<Metrics, 'requestSeconds'>,
): Plugin<object, ServerContext> {
  const starts = new WeakMap<Request, number>();
  return {
    onRequest: ({ request }) => {
      starts.set(request, performance.now());
    },
    onResponse: ({ request, response, serverContext }) => {
      const start = starts.get(request);
      if (start === undefined) return;
      const status = serverContext?.sentStatus?.() ?? response.status;
      const labels = { door: table.nameOf(new URL(request.url).pathname), status };
      requestSeconds.observe(labels, (performance.now() - start) / 1000);
    },
  };
}
