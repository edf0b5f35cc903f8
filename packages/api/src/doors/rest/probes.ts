import { z } from 'zod';
import type { Operation } from '../requests/operation.ts';
import type { Door } from '../requests/route.ts';

const probe = (id: string, summary: string, answers: Operation['answers']): Operation => ({
  id,
  summary,
  answers,
  errors: [],
  examples: [],
});

/** `GET /healthz`: whether this server lives. */
export const healthz: Door = {
  answer: () => Response.json({ status: 'ok' }),
  operation: probe('checkHealth', 'Whether the server lives', {
    200: { description: 'It does', schema: z.object({ status: z.literal('ok') }) },
  }),
};

/** `GET /readyz`: whether a load balancer should send requests here. */
export const readyz: Door = {
  answer: async ({ services: { readiness } }) => {
    const { isReady, loading } = readiness;
    if (isReady) {
      const away = await readiness.away();
      return Response.json({ status: 'ready', ...(away.length > 0 && { away }) });
    }
    const body = loading === undefined ? { status: 'ending' } : { status: 'loading', ...loading };
    return Response.json(body, { status: 503 });
  },
  operation: probe('checkReadiness', 'Whether the server should get requests', {
    200: {
      description: 'It should',
      schema: z.object({
        status: z.literal('ready'),
        away: z
          .array(z.literal('store'))
          .optional()
          .describe('what is out of reach; requests that do not need it are answered'),
      }),
    },
    503: {
      description: 'It should not: it is ending, or search indexes are being loaded',
      schema: z.union([
        z.object({ status: z.literal('ending') }),
        z.object({ status: z.literal('loading'), rows: z.int(), of: z.int() }),
      ]),
    },
  }),
};

/** `GET /ping`: 200 while this server takes requests, as SageMaker asks its containers. */
export const ping: Door = {
  answer: ({ services: { readiness } }) =>
    new Response(null, { status: readiness.isReady ? 200 : 503 }),
  operation: probe('ping', 'Whether the server should get requests, as SageMaker asks it', {
    200: { description: 'It should' },
    503: { description: 'It should not: it is ending' },
  }),
};
