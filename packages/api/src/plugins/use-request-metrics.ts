import type { Plugin } from 'graphql-yoga';
import type { Metrics } from '../metrics.ts';
import { doorName } from './door-name.ts';

/** Times every request. */
export function useRequestMetrics({ requestSeconds }: Pick<Metrics, 'requestSeconds'>): Plugin {
  const starts = new WeakMap<Request, number>();
  return {
    onRequest: ({ request }) => {
      starts.set(request, performance.now());
    },
    onResponse: ({ request, response }) => {
      const start = starts.get(request);
      if (start === undefined) return;
      const labels = { door: doorName(new URL(request.url).pathname), status: response.status };
      requestSeconds.observe(labels, (performance.now() - start) / 1000);
    },
  };
}
