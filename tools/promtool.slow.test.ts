import { spawnSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { startBuiltServer } from '../packages/api/src/testing/built-server.ts';

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const without = hasPromtool ? '' : ' (skipped, since there is no promtool)';

const ask = (query: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});

test.runIf(hasPromtool)(
  `promtool finds no fault in /metrics after requests${without}`,
  async () => {
    const { url, end } = await startBuiltServer();
    onTestFinished(end);
    for (const image of ['march-pastoral', 'march-pastoral', 'nothing']) {
      const imageUrl = `"/examples/${image}.jpg"`;
      const query = `{ classify(imageUrl: ${imageUrl}, labels: ["sheep", "boat"]) { label } }`;
      await (await fetch(`${url}/graphql`, ask(query))).text();
    }
    const { status } = await fetch(`${url}/nothing`);
    expect(status).toBe(404);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    // What was asked is in them.
    expect(metrics).toMatch(/^clipql_cache_lookups_total\{cache="image",result="hit"\} 1$/m);
    expect(metrics).toMatch(/^clipql_refusals_total\{code="IMAGE_FETCH_FAILED"\} 1$/m);
    expect(metrics).toMatch(/^clipql_stage_seconds_count\{stage="image_tower"\} 1$/m);
    const check = spawnSync('promtool', ['check', 'metrics'], { input: metrics, encoding: 'utf8' });
    expect(check).toMatchObject({ status: 0, stdout: '', stderr: '' });
  },
);
