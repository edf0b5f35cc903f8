/** Servers that share a database, and what is left of them while it is away. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CutProxy, startCutProxy } from '../postgres/testing/cut-proxy.ts';
import { type TestPostgres, testPostgres } from '../postgres/testing/test-postgres.ts';
import { parseSettings } from '../settings/settings.ts';
import { startApi, type TestApi } from '../testing/api.ts';
import { ask } from './requests/testing/ask.ts';

let database: TestPostgres;
let proxy: CutProxy;
let servers: readonly [TestApi, TestApi];

beforeAll(async () => {
  database = await testPostgres();
  const url = new URL(database.url);
  proxy = await startCutProxy(Number(url.port));
  url.port = String(proxy.port);
  const settings = parseSettings({ store: url.href, rateLimitAddress: '5' }, {});
  servers = [await startApi({ settings }), await startApi({ settings })];
});

afterAll(async () => {
  for (const server of servers) await server.close();
  await proxy.close();
  await database.close();
});

/** How a caller's requests are answered by one server and the other, in turn. */
async function statuses(address: string, times: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let i = 0; i < times; i++) found.push((await ask(servers[i % 2]!, { address })).status);
  return found;
}

const readiness = async () => {
  const response = await servers[0].fetch('/readyz');
  return [response.status, await response.json()];
};

test('servers count a caller’s requests together', async () => {
  expect(await statuses('203.0.113.7', 7)).toEqual([200, 200, 200, 200, 200, 429, 429]);
  const refused = await ask(servers[1], { address: '203.0.113.7' });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('ratelimit')).toMatch(/^"address";r=0;t=\d+$/);
  expect(await statuses('203.0.113.8', 1)).toEqual([200]);
});

test('while the database is away, what needs it says so, the rest is answered, and it comes back by itself', async () => {
  const [server] = servers;
  const kept = '{ classifiers { name } }';
  expect(await server.query(kept)).toMatchObject({ status: 200 });
  for (const away of [proxy.cut, proxy.hold]) {
    away();
    await expect.poll(readiness).toEqual([200, { status: 'ready', away: ['store'] }]);
    // Each server counts by itself meanwhile.
    const address = away === proxy.cut ? '203.0.113.20' : '203.0.113.21';
    expect((await statuses(address, 12)).filter((status) => status === 429)).toHaveLength(2);
    const embedded = await server.query('{ embedText(text: "a dog") { tokens } }');
    expect(embedded.data.embedText.tokens).toBeGreaterThan(0);
    if (away === proxy.cut) {
      const init = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ query: kept }) };
      const response = await server.fetch('/graphql', init);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'STORE_UNAVAILABLE', retryAfter: expect.any(Number) } }],
      });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    }
    proxy.heal();
    await expect.poll(readiness).toEqual([200, { status: 'ready' }]);
    expect(await server.query(kept)).toMatchObject({ status: 200, data: { classifiers: [] } });
  }
});

test('a server that starts while the database is away makes its tables when it comes, and answers the rest meanwhile', async () => {
  const fresh = await testPostgres();
  const url = new URL(fresh.url);
  const way = await startCutProxy(Number(url.port));
  url.port = String(way.port);
  way.cut();
  const server = await startApi({ settings: parseSettings({ store: url.href }, {}) });
  const state = async () => (await server.fetch('/readyz')).json();
  const refused = { errors: [{ extensions: { code: 'STORE_UNAVAILABLE' } }] };
  const create =
    'mutation { createCollection(input: { name: "photos" }) { collection { name } errors { code } } }';
  expect(await state()).toEqual({ status: 'ready', away: ['store'] });
  expect(server.logged).toContainEqual(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
  expect(await server.query('{ collections { name } }')).toMatchObject(refused);
  const embedded = await server.query('{ embedText(text: "a dog") { tokens } }');
  expect(embedded.data.embedText.tokens).toBeGreaterThan(0);
  way.heal();
  await expect.poll(state).toEqual({ status: 'ready' });
  expect((await server.query(create)).data).toEqual({
    createCollection: { collection: { name: 'photos' }, errors: [] },
  });
  await server.close();
  await way.close();
  await fresh.close();
});

const JSON_TYPE = { 'content-type': 'application/json' };
