import type { Plugin } from 'graphql-yoga';
import { type Context, createContext } from '../../answers/context.ts';
import type { ErrorLog } from '../../telemetry/error-log.ts';
import { httpError } from '../requests/http-error.ts';
import type { ServerContext, Services } from '../requests/services.ts';
import type { Door } from './door.ts';
import { embeddings } from './embeddings.ts';
import { invocations } from './invocations.ts';
import { models } from './models.ts';
import { ping } from './ping.ts';

const DOORS: ReadonlyMap<string, Door> = new Map([
  ['/ping', ping],
  ['/invocations', invocations],
  ['/v1/embeddings', embeddings],
  ['/v1/models', models],
]);

/** What is asked as other services are: the same loaders and limits as GraphQL, another form. */
export function useRestDoors(services: Services, log: ErrorLog): Plugin<Context, ServerContext> {
  return {
    onRequest: async ({ request, url, serverContext, endResponse }) => {
      const door = DOORS.get(url.pathname);
      if (door === undefined) return;
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      if (method !== door.method) {
        const message = `expected ${door.method} ${url.pathname}`;
        const refusal = httpError(405, 'BAD_REQUEST', message, url.pathname);
        refusal.headers.set('allow', door.method);
        return endResponse(refusal);
      }
      const { port, ending, keepBytes } = serverContext ?? {};
      const context = createContext(services, { request, port, ending }, log);
      try {
        endResponse(await door.answer(request, context, { ...services, keepBytes }));
      } catch (error) {
        endResponse(door.fail(context.describe(error)));
      } finally {
        context.end();
      }
    },
  };
}
