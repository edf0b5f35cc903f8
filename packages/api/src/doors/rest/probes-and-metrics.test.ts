import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startPictureHost } from '../../jobs/testing/picture-host.ts';
import { metricOf, startApi, type TestApi } from '../../testing/api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

test('/healthz and /readyz answer 200', async () => {
  const health = await api.fetch('/healthz');
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
  const ready = await api.fetch('/readyz');
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
});

test('/readyz is 503 from the moment the server is told to end, and /healthz still 200', async () => {
  const ending = await startApi();
  ending.readiness.end();
  expect((await ending.fetch('/readyz')).status).toBe(503);
  expect((await ending.fetch('/healthz')).status).toBe(200);
  await ending.close();
});

test('/readyz is 503 while search indexes are loaded, and says how far they are', async () => {
  const loading = vi.spyOn(api.store.indexes, 'loading', 'get').mockReturnValue({ rows: 1, of: 2 });
  const response = await api.fetch('/readyz');
  expect([response.status, await response.json()]).toEqual([
    503,
    { status: 'loading', rows: 1, of: 2 },
  ]);
  loading.mockRestore();
  expect((await api.fetch('/readyz')).status).toBe(200);
});

test('/metrics counts requests by door and status, and errors by code', async () => {
  await api.query('{ models { name } }');
  await api.query('{ nothing }');
  await api.query(
    '{ embedText(text: "a") { tokens } classify(imageUrl: "/x", labels: []) { label } }',
  );
  await api.fetch('/no/such/path');
  const response = await api.fetch('/metrics');
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n');
  expect(lines).toContain('clipql_request_seconds_count{door="graphql",status="200"} 2');
  expect(lines).toContain('clipql_request_seconds_count{door="graphql",status="400"} 1');
  expect(lines).toContain('clipql_request_seconds_count{door="other",status="404"} 1');
  expect(lines).toContain('clipql_refusals_total{code="GRAPHQL_VALIDATION_FAILED"} 1');
  expect(lines).toContain('clipql_refusals_total{code="BAD_INPUT"} 1');
});

test('/metrics counts the jobs that run, and their items by outcome', async () => {
  const release = Promise.withResolvers<void>();
  const host = await startPictureHost(async () => {
    await release.promise;
    return false;
  });
  const working = await startApi({ allowHosts: new Set([host.host]) });
  working.store.runner.start();
  const items = [{ url: host.url(1) }, { url: host.url(2) }, { url: 'data:image/png;base64,AAAA' }];
  const start = `mutation ($items: [IndexItem!]!) {
    createCollection(input: { name: "photos" }) { errors { code } }
    startIndex(input: { collection: "photos", items: $items }) { errors { code } }
  }`;
  await working.query(start, { items });
  const running = () => metricOf(working, 'clipql_jobs_running');
  const counted = (outcome: string) =>
    metricOf(working, `clipql_job_items_total{outcome="${outcome}"}`);
  await expect.poll(running).toBe(1);
  release.resolve();
  await expect.poll(running).toBe(0);
  expect([await counted('done'), await counted('failed')]).toEqual([2, 1]);
  await working.query(start, { items });
  await expect.poll(() => counted('unchanged')).toBe(2);
  await working.close();
  await host.close();
});

test('servers beside each other count for themselves', async () => {
  const other = await startApi();
  expect(await (await other.fetch('/metrics')).text()).not.toContain('door="graphql"');
  await other.close();
});
