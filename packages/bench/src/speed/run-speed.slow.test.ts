import { expect, test } from 'vitest';
import { runSpeed } from './run-speed.ts';

test('every engine runs in its process, gives the same embeddings, and has a row for each workload', async () => {
  const report = await runSpeed(
    {
      model: 'nano',
      batches: [2],
      threads: [1],
      peers: ['onnxruntime-node', 'onnxruntime-web', 'transformers'],
      precisions: ['f32', 'int8'],
      towers: ['image', 'text'],
      rounds: 1,
      milliseconds: 1,
      keepExports: undefined,
    },
    () => {},
  );
  expect(report.unavailable).toEqual([]);
  expect(Object.keys(report.versions)).toEqual([
    'clipql',
    'onnxruntime-node',
    'onnxruntime-web',
    'transformers',
  ]);
  const subjects = report.rows.map((row) =>
    [row.engine, row.precision, row.tower, row.batch].join(' '),
  );
  // onnxruntime-node has two rows for texts: padded to the longest, and to the whole context.
  expect(subjects.length).toBe(2 * (4 * 2 + 1));
  expect(new Set(subjects).size).toBe(2 * 2 * 4);
  for (const row of report.rows) {
    expect(row.medianMs).toBeGreaterThanOrEqual(row.minMs);
    expect(row.minMs).toBeGreaterThan(0);
    expect(row.executedTokens).toBeGreaterThanOrEqual(row.realTokens);
  }
});
