import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import { type Context, createContext, type ServerContext, type Services } from './context.ts';
import { createDocumentCache } from './document-cache.ts';
import type { ErrorLog } from './error-log.ts';
import { useAccess } from './plugins/use-access.ts';
import { useCrossSiteGuard } from './plugins/use-cross-site-guard.ts';
import { useDocumentLimits } from './plugins/use-document-limits.ts';
import { useErrorCodes } from './plugins/use-error-codes.ts';
import { useJsonBody } from './plugins/use-json-body.ts';
import { useModelLeases } from './plugins/use-model-leases.ts';
import { useMultipart } from './plugins/use-multipart.ts';
import { useOperationLimits } from './plugins/use-operation-limits.ts';
import { useOperations } from './plugins/use-operations.ts';
import { GRAPHQL_PATH, usePages } from './plugins/use-pages.ts';
import { usePostOnly } from './plugins/use-post-only.ts';
import { useRequestMetrics } from './plugins/use-request-metrics.ts';
import { useRequestScope } from './plugins/use-request-scope.ts';
import { useRestDoors } from './plugins/use-rest-doors.ts';
import { useTokenLimit } from './plugins/use-token-limit.ts';
import { useTracing } from './plugins/use-tracing.ts';
import { schema } from './schema/index.ts';
import { bodyLimits } from './settings/settings.ts';

export type ClipqlYoga = YogaServerInstance<ServerContext, Context>;

/** ClipQL as a function of requests; who listens for them is another matter. */
export function createClipqlYoga(services: Services, log: ErrorLog): ClipqlYoga {
  const { metrics, settings } = services;
  const body = bodyLimits(settings);
  return createYoga<ServerContext, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    context: (initial) => createContext(services, initial, log),
    plugins: [
      useTracing(),
      useRequestScope(services.logRequest),
      useRequestMetrics(metrics),
      useAccess(settings, metrics),
      useOperations(metrics, services.readiness),
      useCrossSiteGuard(),
      useRestDoors(services, log),
      usePages(settings),
      usePostOnly(GRAPHQL_PATH),
      useJsonBody(body),
      useMultipart(body, settings),
      useTokenLimit(settings.maxTokens),
      useDocumentLimits(settings),
      useModelLeases(),
      useOperationLimits(settings, services.labelSets),
      useErrorCodes(log, metrics, { suggestions: settings.introspection }),
    ],
    // useErrorCodes does this, with the request at hand.
    maskedErrors: false,
    logging: false,
    // usePages has these; yoga would take any URL that ends like theirs.
    graphiql: false,
    landingPage: false,
    healthCheckEndpoint: NEVER,
    // Unless set, no other site's scripts may read what this server can reach.
    cors: settings.corsOrigins.length > 0 && corsFor(settings.corsOrigins),
    // A list of operations would pass the limits of one.
    batching: false,
    // Its own would keep a thousand documents, each as large as a request.
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: NO_ERRORS },
    // useMultipart does this.
    multipart: false,
    // useJsonBody and useMultipart see to it.
    maxRequestBodySize: false,
  });
}

const corsFor = (origin: string[]) => ({ origin, credentials: false, methods: ['POST'] });

/** A document that cannot be parsed is parsed again when it comes again. */
const NO_ERRORS = { get: () => undefined, set: () => {} };

/** No URL ends with a space. */
const NEVER = ' ';
