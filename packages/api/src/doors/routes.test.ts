import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../testing/api.ts';
import { ROUTES } from './routes.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

/** Each path with an example of it, and the methods that it has for clients that are no browsers. */
const PATHS = [...Map.groupBy(ROUTES, ({ path }) => path)].map(([path, routes]) => ({
  path: path.replace('{id}', 'nano').replace('{file}', 'march-pastoral.jpg'),
  methods: routes
    .filter(({ isFor }) => isFor === undefined)
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
}));

describe.each(PATHS)('$path', ({ path, methods }) => {
  const allow = methods.join(', ');

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !methods.includes(one)))(
    '%s is status 405, which says what is allowed',
    async (method) => {
      const response = await api.fetch(path, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
      const body = await response.json();
      const code = path.startsWith('/v1/') ? body.error.code : body.errors[0].extensions.code;
      expect(code).toBe('BAD_REQUEST');
    },
  );

  test('OPTIONS is status 204, which says what is allowed', async () => {
    const response = await api.fetch(path, { method: 'OPTIONS' });
    expect([response.status, response.headers.get('allow')]).toEqual([204, allow]);
  });

  test.runIf(methods.includes('HEAD'))('HEAD is answered as GET is', async () => {
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => api.fetch(path, { method, redirect: 'manual' })),
    );
    expect(head!.status).toBe(get!.status);
    expect(head!.headers.get('content-type')).toBe(get!.headers.get('content-type'));
  });
});

test.each(['GET', 'POST', 'DELETE', 'OPTIONS'])(
  '%s of a path that has nothing is status 404, in the form of its clients',
  async (method) => {
    const response = await api.fetch('/nothing', { method });
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { errors: [{ extensions: { code: 'NOT_FOUND' } }] },
    ]);
    const openAi = await api.fetch('/v1/files', { method });
    expect([openAi.status, await openAi.json()]).toMatchObject([
      404,
      { error: { code: 'NOT_FOUND', param: null } },
    ]);
  },
);

test('a type that GraphQL does not take is status 415, which says what it takes', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
    const headers = { 'content-type': type };
    const response = await api.fetch('/graphql', { method: 'POST', headers, body: '{}' });
    expect([type, response.status]).toEqual([type, 415]);
    expect(response.headers.get('accept-post')).toContain('application/json');
  }
});
