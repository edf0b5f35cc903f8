import { EXAMPLES_PATH } from '../images/example-images.ts';
import { exampleFile, examples } from './pages/examples.ts';
import { graphiql, wantsGraphiql } from './pages/graphiql.ts';
import { PAGE_PATH, pageFile } from './pages/page.ts';
import { redirect } from './pages/redirect.ts';
import { root } from './pages/root.ts';
import { bodyLimits } from './requests/body-limits.ts';
import { type Door, GRAPHQL_PATH, type Route } from './requests/route.ts';
import { embeddings } from './rest/embeddings.ts';
import { exampleImage } from './rest/example-image.ts';
import { invocations } from './rest/invocations.ts';
import { metrics } from './rest/metrics.ts';
import { model, models } from './rest/models.ts';
import { openApi } from './rest/open-api.ts';
import { pictureImage } from './rest/picture-image.ts';
import { healthz, ping, readyz } from './rest/probes.ts';
import { thumbnail } from './rest/thumbnail.ts';

/** What answers from models or memory. */
const WORK = { needsKey: true, isLimited: true, isLogged: true } as const;
/** What holds no secrets: a browser cannot send a key along when it asks for a page. */
const PAGE = { needsKey: false, isLimited: true, isLogged: true } as const;
/** What watches the server asks every few seconds, from anywhere and without a key. */
const PROBE = { needsKey: false, isLimited: false, isLogged: false } as const;

/** GraphQL's; a browser sends other types for any page that asks. */
const QUERY = {
  types: ['application/json', 'application/graphql+json', 'multipart/form-data'],
  limits: bodyLimits,
} as const;
/** JSON under any name: clients of these paths send what they like. */
const JSON_BODY = { limits: bodyLimits } as const;

type Access = Pick<Route, 'needsKey' | 'isLimited' | 'isLogged'>;

const get = (path: string, name: string, access: Access, door?: Door): Route => ({
  method: 'GET',
  path,
  name,
  ...access,
  ...(door && { door }),
});

const post = (
  path: string,
  name: string,
  access: Access,
  body: Route['body'],
  door?: Door,
): Route => ({
  method: 'POST',
  path,
  name,
  ...access,
  ...(body && { body }),
  ...(door && { door }),
});

/**
 * All that is asked of this server. 404, 405 and `Allow`, 415, OPTIONS and HEAD follow from this table,
 * and so do who needs a key, what is limited and logged, names in metrics and traces, and
 * `/openapi.json`.
 */
export const ROUTES: readonly Route[] = [
  post(GRAPHQL_PATH, 'graphql', WORK, QUERY),
  { ...get(GRAPHQL_PATH, 'graphql', PAGE, graphiql), isFor: wantsGraphiql },
  get(GRAPHQL_PATH, 'graphql', WORK),
  post('/v1/embeddings', 'v1', WORK, JSON_BODY, embeddings),
  get('/v1/models', 'v1', WORK, models),
  get('/v1/models/{id}', 'v1', WORK, model),
  get('/thumbnails/{item}', 'thumbnails', WORK, thumbnail),
  get('/classifiers/{picture}', 'classifiers', WORK, exampleImage),
  get('/pictures/{file}', 'pictures', WORK, pictureImage),
  post('/invocations', 'invocations', WORK, JSON_BODY, invocations),
  get('/ping', 'ping', PROBE, ping),
  get('/healthz', 'healthz', PROBE, healthz),
  get('/readyz', 'readyz', PROBE, readyz),
  get('/metrics', 'metrics', { ...WORK, isLogged: false }, metrics),
  get('/openapi.json', 'openapi', PAGE, openApi),
  get('/', 'root', PAGE, root),
  get(`${PAGE_PATH}{file}`, 'page', PAGE, pageFile),
  get('/examples', 'examples', PAGE, redirect(EXAMPLES_PATH)),
  get(EXAMPLES_PATH, 'examples', PAGE, examples),
  get(`${EXAMPLES_PATH}{file}`, 'examples', PAGE, exampleFile),
];
