import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What Prometheus reads at `/metrics`. Each server has its own. */
export interface Metrics {
  /** Seconds of one HTTP request, by the way it took and its status. */
  readonly requestSeconds: Histogram<'door' | 'status'>;
  /** Seconds of one piece of work in a stage: queue, fetch, decode, preprocess, image_tower, text_tower or train. */
  readonly stageSeconds: Histogram<'stage'>;
  /** Images or prompts of one forward pass. */
  readonly batchSize: Histogram<'tower'>;
  /** What waits, or holds a place, by the name of the queue. */
  readonly queueDepth: Gauge<'queue'>;
  /** Lookups by the name of the cache; `result` is `hit` or `miss`. */
  readonly cacheLookups: Counter<'cache' | 'result'>;
  /** Jobs that run in this process. */
  readonly jobsRunning: Gauge;
  /** Items of jobs; `outcome` is `done`, `unchanged` or `failed`. */
  readonly jobItems: Counter<'outcome'>;
  /** Indexes of collections in a database that this process made; `outcome` is `done` or `failed`. */
  readonly indexBuilds: Counter<'outcome'>;
  /** Errors that clients got, by code. */
  readonly refusals: Counter<'code'>;
  /** All of them in Prometheus' text format. */
  text(): Promise<string>;
  /** The media type of that text. */
  readonly contentType: string;
  /** Adds this process's memory, processor time and event loop lag, for as long as it runs. */
  watchProcess(): void;
}

/** From a kernel's run to a slow origin: 1 ms to 30 s. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Sums of gauges that are there by type; `promtool` leaves the suffix to counters. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    requestSeconds: new Histogram({
      name: 'clipql_request_seconds',
      help: 'HTTP requests by door and status',
      labelNames: ['door', 'status'],
      buckets: SECONDS,
      registers,
    }),
    stageSeconds: new Histogram({
      name: 'clipql_stage_seconds',
      help: 'Time by stage: queue, fetch, decode, preprocess, image_tower, text_tower, train',
      labelNames: ['stage'],
      buckets: SECONDS,
      registers,
    }),
    batchSize: new Histogram({
      name: 'clipql_batch_size',
      help: 'Images or prompts of one forward pass, by tower',
      labelNames: ['tower'],
      buckets: BATCH_SIZES,
      registers,
    }),
    queueDepth: new Gauge({
      name: 'clipql_queue_depth',
      help: 'What waits or holds a place, by queue',
      labelNames: ['queue'],
      registers,
    }),
    cacheLookups: new Counter({
      name: 'clipql_cache_lookups_total',
      help: 'Cache lookups by cache and result (hit, miss)',
      labelNames: ['cache', 'result'],
      registers,
    }),
    jobsRunning: new Gauge({
      name: 'clipql_jobs_running',
      help: 'Jobs that run in this process',
      registers,
    }),
    jobItems: new Counter({
      name: 'clipql_job_items_total',
      help: 'Items of jobs by outcome (done, unchanged, failed)',
      labelNames: ['outcome'],
      registers,
    }),
    indexBuilds: new Counter({
      name: 'clipql_index_builds_total',
      help: 'Indexes of collections in a database that were made, by outcome (done, failed)',
      labelNames: ['outcome'],
      registers,
    }),
    refusals: new Counter({
      name: 'clipql_refusals_total',
      help: 'Errors that clients got, by code',
      labelNames: ['code'],
      registers,
    }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    watchProcess: () => {
      collectDefaultMetrics({ register: registry });
      for (const name of MISNAMED) registry.removeSingleMetric(name);
    },
  };
}
