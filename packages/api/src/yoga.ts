import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import { type Context, createContext, type ServerContext, type Services } from './context.ts';
import type { ErrorLog } from './error-log.ts';
import { MAX_REQUEST_BYTES, MAX_TOKENS } from './limits.ts';
import { useCrossSiteGuard } from './plugins/use-cross-site-guard.ts';
import { useErrorCodes } from './plugins/use-error-codes.ts';
import { useModelLeases } from './plugins/use-model-leases.ts';
import { useMultipart } from './plugins/use-multipart.ts';
import { useOperations } from './plugins/use-operations.ts';
import { GRAPHQL_PATH, usePages } from './plugins/use-pages.ts';
import { useRequestMetrics } from './plugins/use-request-metrics.ts';
import { useRestDoors } from './plugins/use-rest-doors.ts';
import { useTokenLimit } from './plugins/use-token-limit.ts';
import { schema } from './schema/index.ts';

export type ClipqlYoga = YogaServerInstance<ServerContext, Context>;

/** ClipQL as a function of requests; who listens for them is another matter. */
export function createClipqlYoga(services: Services, log: ErrorLog): ClipqlYoga {
  const { metrics } = services;
  return createYoga<ServerContext, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    context: (initial) => createContext(services, initial, log),
    plugins: [
      useRequestMetrics(metrics),
      useOperations(metrics, services.readiness),
      useCrossSiteGuard(),
      useRestDoors(services, log),
      usePages(),
      useMultipart(),
      useTokenLimit(MAX_TOKENS),
      useModelLeases(),
      useErrorCodes(log, metrics),
    ],
    // useErrorCodes does this, with the request at hand.
    maskedErrors: false,
    logging: false,
    // usePages has these; yoga would take any URL that ends like theirs.
    graphiql: false,
    landingPage: false,
    healthCheckEndpoint: NEVER,
    // No other site's scripts may read what this server can reach.
    cors: false,
    // useMultipart does this.
    multipart: false,
    maxRequestBodySize: MAX_REQUEST_BYTES,
  });
}

/** No URL ends with a space. */
const NEVER = ' ';
