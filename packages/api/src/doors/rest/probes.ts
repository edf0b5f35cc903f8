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
  answer: ({ services: { readiness } }) =>
    readiness.isReady
      ? Response.json({ status: 'ready' })
      : Response.json({ status: 'ending' }, { status: 503 }),
  operation: probe('checkReadiness', 'Whether the server should get requests', {
    200: { description: 'It should', schema: z.object({ status: z.literal('ready') }) },
    503: {
      description: 'It should not: it is ending',
      schema: z.object({ status: z.literal('ending') }),
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
