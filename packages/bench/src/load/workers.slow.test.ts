// These run the built server and workers: `npm test` builds them first.
import { expect, test } from 'vitest';
import {
  postgresPrograms,
  startRealPostgres,
} from '../../../api/src/postgres/testing/real-postgres.ts';
import { runBench } from '../run-bench.ts';

const programs = await postgresPrograms();

test.skipIf(programs === undefined)(
  'one worker and two are measured beside the same work without a store (skipped without PostgreSQL)',
  async () => {
    const server = await startRealPostgres(programs!);
    try {
      const store = await server.createDatabase('workers');
      let printed = '';
      const streams = { stdout: (text: string) => (printed += text), stderr: () => {} };
      const args = [
        '--store',
        store,
        '--model',
        'nano',
        '--images',
        '40',
        '--rounds',
        '1',
        '--pin',
      ];
      await runBench(['workers', ...args], streams);
      const { rows, claims } = JSON.parse(printed);
      const row = { images: 40, 'images/s': expect.any(Number) };
      expect(rows).toMatchObject([
        { workers: 'none, no store', ...row },
        { workers: 'one', ...row },
        { workers: 'two', ...row },
      ]);
      expect(claims).toHaveLength(3);
    } finally {
      await server.close();
    }
  },
);
