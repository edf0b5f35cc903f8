import type { Plugin } from 'graphql-yoga';
import type { Metrics } from '../metrics.ts';

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
      const labels = { door: doorOf(new URL(request.url).pathname), status: response.status };
      requestSeconds.observe(labels, (performance.now() - start) / 1000);
    },
  };
}

/** Paths that have a name of their own; a label for each path asked for would fill memory. */
const DOORS: ReadonlySet<string> = new Set([
  'graphql',
  'ping',
  'invocations',
  'v1',
  'healthz',
  'readyz',
  'metrics',
  'examples',
]);

function doorOf(path: string): string {
  const [, first = ''] = path.split('/');
  return DOORS.has(first) ? first : 'other';
}
