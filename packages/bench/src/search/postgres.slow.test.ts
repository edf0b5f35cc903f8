/** The engine runs the built modules of the server. */
import { expect, test } from 'vitest';
import {
  postgresPrograms,
  startRealPostgres,
} from '../../../api/src/postgres/testing/real-postgres.ts';
import { runBench } from '../run-bench.ts';

const programs = await postgresPrograms();

test.skipIf(programs === undefined)(
  'a collection in PostgreSQL is searched beside the index in memory (skipped without PostgreSQL)',
  async () => {
    const server = await startRealPostgres(programs!);
    try {
      const store = await server.createDatabase('search');
      let printed = '';
      const streams = { stdout: (text: string) => (printed += text), stderr: () => {} };
      const args = ['--rows', '20000', '--dim', '32', '--queries', '5', '--json'];
      await runBench(['search', ...args, '--store', store], streams);
      const { rows, claims } = JSON.parse(printed);
      // From so many on, PostgreSQL makes an index.
      expect(rows).toMatchObject([
        { engine: 'clipql', 'recall@10': 1 },
        { engine: 'postgres', rows: 20_000, 'recall@10': expect.closeTo(1, 1) },
      ]);
      expect(rows[1]['of index']).toBeGreaterThan(2 * 32);
      expect(rows[1]['bytes/row']).toBeGreaterThan(rows[1]['of index'] + 2 * 32);
      expect(rows[1]['build s']).toBeGreaterThan(rows[1]['of index s']);
      expect(claims.map(({ claim }: { claim: string }) => claim)).toContain(
        'recall@10 of 20000 rows in PostgreSQL',
      );
    } finally {
      await server.close();
    }
  },
);
