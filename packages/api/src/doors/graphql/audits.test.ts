import { type AuditResult, serverAudits } from 'graphql-http';
import { expect, test } from 'vitest';
import { ORIGIN, startApi } from '../../testing/api.ts';

/** GraphQL over HTTP, as the working group's own audits have it. */
async function audit(introspection: boolean): Promise<readonly AuditResult[]> {
  const api = await startApi({ settings: { introspection, graphiql: introspection } });
  const fetchFn = (url: string, init?: RequestInit) => api.fetch(url.slice(ORIGIN.length), init);
  const audits = serverAudits({ url: `${ORIGIN}/graphql`, fetchFn });
  const results: AuditResult[] = [];
  for (const { fn } of audits) results.push(await fn());
  await api.close();
  return results;
}

const failed = (results: readonly AuditResult[]) =>
  results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`);

test('all 61 audits of GraphQL over HTTP pass', async () => {
  const results = await audit(true);
  expect(failed(results)).toEqual([]);
  expect(results).toHaveLength(61);
});

test('in production those pass too that do not ask for the schema', async () => {
  // These ask for a type of the schema by `__type`, which production refuses.
  const asking = ['BF61', '2EA1', '28B9', 'D6D5', '6A70'];
  expect(failed(await audit(false)).map((line) => line.slice(0, 4))).toEqual(asking);
});
