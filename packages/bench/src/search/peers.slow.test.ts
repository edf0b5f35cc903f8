/** The peers are installed from the npm registry, as `bench search --peers` does. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runBench } from '../run-bench.ts';
import { PEERS } from './peers.ts';

const ping = spawnSync('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=10000']);
const isReachable = ping.status === 0;

if (!isReachable) {
  test.skip('peers of search: skipped, since the npm registry cannot be reached', () => {});
}

test.runIf(isReachable)('every peer finds the same rows as brute force', async () => {
  let printed = '';
  const streams = { stdout: (text: string) => (printed += text), stderr: () => {} };
  const args = ['--rows', '1500', '--dim', '64', '--queries', '5', '--json'];
  await runBench(['search', ...args, '--peers', PEERS.join(',')], streams);
  const { rows }: { rows: { engine: string; 'recall@10': number }[] } = JSON.parse(printed);
  expect(rows.map(({ engine }) => engine.split(' ')[0])).toEqual(['clipql', ...PEERS]);
  expect(rows.map((row) => row['recall@10'])).toEqual(rows.map(() => 1));
});
