import type { Plugin } from 'graphql-yoga';
import { type Context, createContext } from '../../answers/context.ts';
import { oneLine, quoted, shorten } from '../../errors/one-line.ts';
import type { ErrorLog } from '../../telemetry/error-log.ts';
import { ACCEPTED_CODINGS, contentCoding } from './content-coding.ts';
import { failureResponse } from './http-error.ts';
import { readJsonObject } from './request-body.ts';
import { GRAPHQL_PATH, type Route } from './route.ts';
import { type RouteTable, restOf } from './route-table.ts';
import type { ServerContext, Services } from './services.ts';

/** Leads each request to its route's door, and refuses those that have none; GraphQL is left to yoga. */
export function useRoutes(
  table: RouteTable,
  services: Services,
  log: ErrorLog,
): Plugin<Context, ServerContext> {
  const { settings } = services;
  const doorResponse = async (
    { door, body }: Route & Required<Pick<Route, 'door'>>,
    request: Request,
    rest: string,
    { port, ending, keepBytes }: ServerContext,
  ): Promise<Response> => {
    const context = createContext(services, { request, port, ending }, log);
    const limits = body?.limits(settings) ?? NO_BODY;
    const readJson = () => readJsonObject(request, limits, keepBytes);
    const asked = { request, rest, context, services, routes: table.routes, readJson };
    try {
      return await door.answer(asked);
    } catch (error) {
      return failureResponse(context.describe(error), new URL(request.url).pathname);
    } finally {
      context.end();
    }
  };

  return {
    onRequest: async ({ request, url: { pathname: path }, serverContext, endResponse }) => {
      const present = table.at(path, request);
      if (present.length === 0) return endResponse(nothingAt(path));
      const allow = present.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : method));
      if (request.method === 'OPTIONS') return endResponse(options(allow));
      const route = table.find(path, request);
      if (route === undefined)
        return endResponse(otherMethod(request.method, path, present, allow));
      const unreadable = unreadableBody(route, request.headers, path);
      if (unreadable !== undefined) return endResponse(unreadable);
      const { door } = route;
      if (door === undefined) return;
      const rest = restOf(route, path);
      if (rest === undefined) return endResponse(nothingAt(path));
      endResponse(await doorResponse({ ...route, door }, request, rest, serverContext ?? {}));
    },
  };
}

const NO_BODY = { maxBytes: 0, maxValues: 0 };

function nothingAt(path: string): Response {
  const message = `nothing is at ${oneLine(shorten(path, 100))}; GraphQL is at ${GRAPHQL_PATH}`;
  return failureResponse({ code: 'NOT_FOUND', message }, path);
}

const options = (allow: readonly string[]): Response =>
  new Response(null, { status: 204, headers: { allow: allow.join(', ') } });

function otherMethod(
  given: string,
  path: string,
  present: readonly Route[],
  allow: readonly string[],
): Response {
  const methods = present.map(({ method }) => method).join(' or ');
  const message = `expected ${methods} ${path}, got ${given}`;
  return failureResponse({ code: 'BAD_REQUEST', message }, path, {
    status: 405,
    headers: { allow: allow.join(', ') },
  });
}

/** The answer to a body of a type or a coding that the route does not take. */
function unreadableBody({ body }: Route, headers: Headers, path: string): Response | undefined {
  if (body === undefined) return undefined;
  const { types } = body;
  const [given = ''] = (headers.get('content-type') ?? '').split(';', 1);
  if (types !== undefined && !types.includes(given.trim().toLowerCase())) {
    const message = `expected content-type: ${types.join(' or ')}`;
    const accepted = { 'accept-post': types.join(', ') };
    return failureResponse({ code: 'BAD_REQUEST', message }, path, {
      status: 415,
      headers: accepted,
    });
  }
  if (contentCoding(headers) !== undefined) return undefined;
  const got = quoted(headers.get('content-encoding') ?? '', 40);
  const message = `expected content-encoding ${ACCEPTED_CODINGS} or none, got ${got}`;
  return failureResponse({ code: 'BAD_REQUEST', message }, path, {
    status: 415,
    headers: { 'accept-encoding': ACCEPTED_CODINGS },
  });
}
