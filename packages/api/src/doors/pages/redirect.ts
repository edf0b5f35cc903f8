import type { Door } from '../requests/route.ts';

/** Leads to another path of this server; relative, so that it holds behind a proxy too. */
export const redirect = (path: string): Door => ({
  answer: () => new Response(null, { status: 302, headers: { location: path } }),
});
