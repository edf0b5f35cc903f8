import type { Route } from './route.ts';

/** The routes, to be looked up by what a request asks for. */
export interface RouteTable {
  readonly routes: readonly Route[];
  /** All of a path, one a method; none where nothing is there. */
  at(path: string): readonly Route[];
  /** The one of a method and a path. HEAD finds that of GET. */
  find(method: string, path: string): Route | undefined;
  /** A path's name in metrics and traces: a name for each path asked for would fill memory. */
  nameOf(path: string): string;
}

export function createRouteTable(routes: readonly Route[]): RouteTable {
  const exact = Map.groupBy(
    routes.filter(({ path }) => !path.endsWith('}')),
    ({ path }) => path,
  );
  const open = Map.groupBy(
    routes.filter(({ path }) => path.endsWith('}')),
    prefixOf,
  );
  const at = (path: string): readonly Route[] => {
    const known = exact.get(path);
    if (known !== undefined) return known;
    const prefix = [...open.keys()].find((start) => path.startsWith(start));
    return prefix === undefined || path === prefix ? [] : open.get(prefix)!;
  };
  return {
    routes,
    at,
    find: (method, path) => at(path).find((route) => route.method === methodOf(method)),
    nameOf: (path) => at(path)[0]?.name ?? 'other',
  };
}

/** HEAD is answered as GET is. */
export const methodOf = (method: string): string => (method === 'HEAD' ? 'GET' : method);

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
