import { httpFailure } from '../requests/http-error.ts';
import type { Door } from './door.ts';

/** `GET /ping`: 200 while this server takes requests, as SageMaker asks its containers. */
export const ping: Door = {
  method: 'GET',
  answer: async (_request, _context, { readiness }) =>
    new Response(null, { status: readiness.isReady ? 200 : 503 }),
  fail: httpFailure,
};
