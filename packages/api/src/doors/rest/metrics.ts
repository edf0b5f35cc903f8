import { z } from 'zod';
import type { Door } from '../requests/route.ts';

/** `GET /metrics`, for Prometheus. */
export const metrics: Door = {
  answer: async ({ services }) =>
    new Response(await services.metrics.text(), {
      headers: { 'content-type': services.metrics.contentType },
    }),
  operation: {
    id: 'readMetrics',
    summary: 'Metrics for Prometheus',
    answers: {
      200: {
        description: 'Counters, gauges and histograms',
        mediaType: 'text/plain',
        schema: z.string(),
      },
    },
    errors: [],
    examples: [],
  },
};
