import type { Plugin } from 'graphql-yoga';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Readiness } from '../requests/readiness.ts';

const METRICS_PATH = '/metrics';
const HEALTH_PATH = '/healthz';
const READINESS_PATH = '/readyz';

/** What whoever runs the server asks it: does it live, should it get requests, how does it do. */
export function useOperations(metrics: Metrics, readiness: Readiness): Plugin {
  const answer = async (path: string): Promise<Response | undefined> => {
    if (path === HEALTH_PATH) return Response.json({ status: 'ok' });
    if (path === READINESS_PATH) return readinessResponse(readiness);
    if (path === METRICS_PATH) {
      return new Response(await metrics.text(), {
        headers: { 'content-type': metrics.contentType },
      });
    }
    return undefined;
  };
  return {
    onRequest: async ({ request: { method }, url, endResponse }) => {
      if (method !== 'GET' && method !== 'HEAD') return;
      const response = await answer(url.pathname);
      if (response !== undefined) endResponse(response);
    },
  };
}

function readinessResponse({ isReady }: Readiness): Response {
  return isReady
    ? Response.json({ status: 'ready' })
    : Response.json({ status: 'ending' }, { status: 503 });
}
