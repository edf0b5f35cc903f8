import { expect, test } from 'vitest';
import { workloadOf } from './metrics.ts';

test('queues, speed and memory are read from the metrics', () => {
  const text = `# HELP clipql_queue_depth What waits or holds a place, by queue
clipql_queue_depth{queue="model"} 3
clipql_queue_depth{queue="fetch"} 0
clipql_batch_size_sum{tower="text"} 99
clipql_batch_size_sum{tower="image"} 50
clipql_batch_size_count{tower="image"} 7
clipql_stage_seconds_sum{stage="image_tower"} 2.5
process_resident_memory_bytes 123456
process_resident_memory_bytes_other 1
`;
  expect(workloadOf(text)).toEqual({
    queues: new Map([
      ['model', 3],
      ['fetch', 0],
    ]),
    imagesPerSecond: 20,
    memoryBytes: 123456,
  });
});

test('a server that has done nothing yet has no speed', () => {
  expect(workloadOf('')).toEqual({
    queues: new Map(),
    imagesPerSecond: undefined,
    memoryBytes: undefined,
  });
});
