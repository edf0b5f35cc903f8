import { useAPQ } from '@graphql-yoga/plugin-apq';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import { type Context, createContext } from '../answers/context.ts';
import { MAX_BATCHED_OPERATIONS } from '../limits/documents.ts';
import type { ErrorLog } from '../telemetry/error-log.ts';
import { createDocumentCache } from './graphql/document-cache.ts';
import { createPersistedQueries } from './graphql/persisted-queries.ts';
import { useDocumentLimits } from './graphql/plugins/use-document-limits.ts';
import { useErrorCodes } from './graphql/plugins/use-error-codes.ts';
import { useExplainedStatus } from './graphql/plugins/use-explained-status.ts';
import { useJsonBody } from './graphql/plugins/use-json-body.ts';
import { useModelLeases } from './graphql/plugins/use-model-leases.ts';
import { useMultipart } from './graphql/plugins/use-multipart.ts';
import { useOperationLimits } from './graphql/plugins/use-operation-limits.ts';
import { useParseLimits } from './graphql/plugins/use-parse-limits.ts';
import { useQueryString } from './graphql/plugins/use-query-string.ts';
import { useSlicedAnswers } from './graphql/plugins/use-sliced-answers.ts';
import { useSubscriptionLimits } from './graphql/plugins/use-subscription-limits.ts';
import { schema } from './graphql/schema/index.ts';
import { bodyLimits } from './requests/body-limits.ts';
import { GRAPHQL_PATH } from './requests/route.ts';
import { createRouteTable } from './requests/route-table.ts';
import type { ServerContext, Services } from './requests/services.ts';
import { useAccess } from './requests/use-access.ts';
import { useCrossSiteGuard } from './requests/use-cross-site-guard.ts';
import { useRequestMetrics } from './requests/use-request-metrics.ts';
import { useRequestScope } from './requests/use-request-scope.ts';
import { useRoutes } from './requests/use-routes.ts';
import { useTracing } from './requests/use-tracing.ts';
import { ROUTES } from './routes.ts';

export type ClipqlYoga = YogaServerInstance<ServerContext, Context>;

/** ClipQL as a function of requests; who listens for them is another matter. */
export function createClipqlYoga(services: Services, log: ErrorLog): ClipqlYoga {
  const { metrics, settings } = services;
  const body = bodyLimits(settings);
  const table = createRouteTable(ROUTES, settings);
  return createYoga<ServerContext, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    context: (initial) => createContext(services, initial, log),
    plugins: [
      useExplainedStatus(),
      useTracing(table),
      useRequestScope(table, services.logRequest),
      useRequestMetrics(table, metrics),
      useAccess(table, services),
      useCrossSiteGuard(table, settings),
      useRoutes(table, services, log),
      useQueryString(body),
      useJsonBody(body),
      useMultipart(body, settings),
      useAPQ({ store: createPersistedQueries() }),
      useParseLimits(settings),
      useDocumentLimits(settings),
      useModelLeases(),
      useOperationLimits(services),
      useSubscriptionLimits(settings),
      useErrorCodes(log, metrics, { suggestions: settings.introspection }),
      useSlicedAnswers(),
    ],
    // useErrorCodes does this, with the request at hand.
    maskedErrors: false,
    logging: false,
    // The routes have these; yoga would take any URL that ends like theirs.
    graphiql: false,
    landingPage: false,
    healthCheckEndpoint: NEVER,
    // Unless set, no other site's scripts may read what this server can reach.
    cors: settings.corsOrigins.length > 0 && corsFor(settings.corsOrigins),
    batching: { limit: MAX_BATCHED_OPERATIONS },
    // Its own would keep a thousand documents, each as large as a request.
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: NO_ERRORS },
    // useMultipart does this.
    multipart: false,
    // useJsonBody and useMultipart see to it.
    maxRequestBodySize: false,
  });
}

const corsFor = (origin: string[]) => ({ origin, credentials: false, methods: ['GET', 'POST'] });

/** A document that cannot be parsed is parsed again when it comes again. */
const NO_ERRORS = { get: () => undefined, set: () => {} };

/** No URL ends with a space. */
const NEVER = ' ';
