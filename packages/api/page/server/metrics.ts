/** Figures from the text that Prometheus reads. */

/** Of all lines of a name, the value of each by one of its labels; by an empty text where they have none. */
function metricValues(text: string, name: string, label = ''): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, labels = '', value] = new RegExp(`^${name}(?:\\{([^}]*)\\})? (\\S+)`).exec(line) ?? [];
    if (value === undefined) continue;
    const [, by = ''] = new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels) ?? [];
    values.set(by, Number(value));
  }
  return values;
}

/** What a server has to do, and how fast it has been. */
export interface Workload {
  /** What waits or runs, by the name of the queue. */
  readonly queues: ReadonlyMap<string, number>;
  /** Images that the model ran in a second of its work; undefined before the first. */
  readonly imagesPerSecond: number | undefined;
  /** Of the process; undefined where the system does not tell. */
  readonly memoryBytes: number | undefined;
}

export function workloadOf(text: string): Workload {
  const images = metricValues(text, 'clipql_batch_size_sum', 'tower').get('image') ?? 0;
  const seconds = metricValues(text, 'clipql_stage_seconds_sum', 'stage').get('image_tower') ?? 0;
  return {
    queues: metricValues(text, 'clipql_queue_depth', 'queue'),
    imagesPerSecond: seconds > 0 ? images / seconds : undefined,
    memoryBytes: metricValues(text, 'process_resident_memory_bytes').get(''),
  };
}
