import type { Plugin } from 'graphql-yoga';
import { failureResponse } from './http-error.ts';

/**
 * Refuses what a page of another site can make a browser send without asking this server first: a
 * POST of a form, or of anything but JSON. Requests that no browser sent are left alone.
 */
export function useCrossSiteGuard(): Plugin {
  return {
    onRequest: ({ request, url: { pathname: path }, endResponse }) => {
      if (request.method === 'GET' || request.method === 'HEAD' || isJson(request)) return;
      if (!isCrossSite(request)) return;
      const message = 'expected content-type: application/json in a request from another site';
      endResponse(failureResponse({ code: 'CROSS_SITE_REQUEST', message }, path));
    },
  };
}

/** Another site's page needs leave for this type, by a preflight request. */
const isJson = ({ headers }: Request): boolean =>
  /^application\/json *(;|$)/i.test(headers.get('content-type') ?? '');

/** As the browser tells it; older ones tell only where the page is from. */
function isCrossSite({ headers, url }: Request): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const origin = headers.get('origin');
  return origin !== null && URL.parse(origin)?.host !== new URL(url).host;
}
