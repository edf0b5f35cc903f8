/** Paths that have a name of their own; a name for each path asked for would fill memory. */
const DOORS: ReadonlySet<string> = new Set([
  'graphql',
  'ping',
  'invocations',
  'v1',
  'healthz',
  'readyz',
  'metrics',
  'examples',
]);

/** The first part of a path where it is one of this server's doors, else `other`. */
export function doorName(path: string): string {
  const [, first = ''] = path.split('/');
  return DOORS.has(first) ? first : 'other';
}
