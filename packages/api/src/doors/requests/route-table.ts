import type { Settings } from '../../settings/settings.ts';
import type { Route } from './route.ts';

/** The routes, to be looked up by what a request asks for. */
export interface RouteTable {
  readonly routes: readonly Route[];
  /** All of a path that this request may have, one a method; none where nothing is there. */
  at(path: string, request: Request): readonly Route[];
  /** The one of the request's method. HEAD finds that of GET. */
  find(path: string, request: Request): Route | undefined;
  /** A path's name in metrics and traces: a name for each path asked for would fill memory. */
  nameOf(path: string): string;
}

export function createRouteTable(routes: readonly Route[], settings: Settings): RouteTable {
  const exact = Map.groupBy(
    routes.filter(({ path }) => !path.endsWith('}')),
    ({ path }) => path,
  );
  const open = Map.groupBy(
    routes.filter(({ path }) => path.endsWith('}')),
    prefixOf,
  );
  const allAt = (path: string): readonly Route[] => {
    const known = exact.get(path);
    if (known !== undefined) return known;
    const prefix = [...open.keys()].find((start) => path.startsWith(start));
    return prefix === undefined || path === prefix ? [] : open.get(prefix)!;
  };
  const at: RouteTable['at'] = (path, request) => {
    const present = allAt(path).filter(({ isFor }) => isFor?.(request, settings) ?? true);
    const methods = present.map(({ method }) => method);
    return present.filter(({ method }, i) => methods.indexOf(method) === i);
  };
  return {
    routes,
    at,
    find: (path, request) =>
      at(path, request).find(({ method }) => method === methodOf(request.method)),
    nameOf: (path) => allAt(path)[0]?.name ?? 'other',
  };
}

/** HEAD is answered as GET is. */
const methodOf = (method: string): string => (method === 'HEAD' ? 'GET' : method);

/** `/v1/models/{id}` → `/v1/models/` */
const prefixOf = ({ path }: Pick<Route, 'path'>): string => path.slice(0, path.lastIndexOf('{'));

/** The part of a path that its route has in braces; undefined for a broken percent-encoding. */
export function restOf(route: Pick<Route, 'path'>, path: string): string | undefined {
  if (!route.path.endsWith('}')) return '';
  try {
    return decodeURIComponent(path.slice(prefixOf(route).length));
  } catch {
    return undefined;
  }
}
