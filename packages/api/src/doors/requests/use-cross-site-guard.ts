import type { Plugin } from 'graphql-yoga';
import type { Settings } from '../../settings/settings.ts';
import { failureResponse } from './http-error.ts';
import { GRAPHQL_PATH } from './route.ts';
import type { RouteTable } from './route-table.ts';

/**
 * Refuses what a page of another site can make a browser send without asking this server first: a
 * query by GET, a POST of a form or of anything but JSON. Requests that no browser sent are left alone,
 * and so are pages of `corsOrigins`.
 */
export function useCrossSiteGuard(
  table: RouteTable,
  { corsOrigins }: Pick<Settings, 'corsOrigins'>,
): Plugin {
  /** GET and HEAD do nothing elsewhere but read what is there. */
  const works = (request: Request, path: string): boolean =>
    (request.method !== 'GET' && request.method !== 'HEAD') ||
    (path === GRAPHQL_PATH && table.find(path, request)?.door === undefined);
  return {
    onRequest: ({ request, url: { pathname: path }, endResponse }) => {
      if (!works(request, path) || isAskedFor(request) || !isCrossSite(request)) return;
      if (corsOrigins.includes(request.headers.get('origin') ?? '')) return;
      const message = request.method === 'OPTIONS' ? NO_PREFLIGHT : NOT_ASKED;
      endResponse(failureResponse({ code: 'CROSS_SITE_REQUEST', message }, path));
    },
  };
}

const NO_PREFLIGHT =
  'expected a preflight from a page of an origin that --cors-origins allows, got one of another site';
const NOT_ASKED =
  'expected content-type: application/json or graphql-require-preflight: 1 in a request from another site';

/** What clients send for no other purpose. */
const PREFLIGHT_HEADERS = ['graphql-require-preflight', 'apollo-require-preflight'];

/** Another site's page needs leave for this type and these headers, by a preflight request. */
const isAskedFor = ({ headers }: Request): boolean =>
  /^application\/json *(;|$)/i.test(headers.get('content-type') ?? '') ||
  PREFLIGHT_HEADERS.some((name) => headers.has(name));

/** As the browser tells it; older ones, and any on plain http, tell only where the page is from. */
function isCrossSite({ headers, url }: Request): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const from = headers.get('origin') ?? headers.get('referer');
  return from !== null && URL.parse(from)?.host !== new URL(url).host;
}
