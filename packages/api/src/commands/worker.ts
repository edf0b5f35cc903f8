import type { Command } from 'commander';
import { serveWorkerProbes } from '../doors/listener/worker-probes.ts';
import { ApiError } from '../errors/api-error.ts';
import { createImageFetcher } from '../images/fetch-image.ts';
import { imagesOfServer } from '../images/read-image.ts';
import { openStore } from '../jobs/open-store.ts';
import { MAX_IMAGE_BYTES } from '../limits/images.ts';
import { modelSources } from '../models/model-sources.ts';
import { createModelRegistry } from '../models/registry.ts';
import {
  type Flags,
  inferenceOptions,
  loadOptions,
  parseSettings,
  registryOptions,
  storeOptions,
} from '../settings/settings.ts';
import { strayVariables } from '../settings/stray-variables.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createServerLog } from '../telemetry/server-log.ts';
import { downloadProgress } from './download-progress.ts';
import { addModelFlags, addWorkerFlags } from './flags.ts';
import { setTracingUp } from './set-tracing-up.ts';
import { untilSignal } from './until-signal.ts';

const EXAMPLES = `
Examples:
  $ clipql worker --store postgres://clipql@db.internal/clipql
  $ clipql worker --store postgres://clipql@db.internal/clipql --model openai/clip-vit-base-patch32 --concurrency 3

Any number of workers run the jobs that any number of servers with the same --store accept. They need the models of the
collections, as the servers do. docs/scale.md has the rest.`;

/** `clipql worker` */
export function addWorker(program: Command): void {
  const command = program
    .command('worker')
    .description('Run the jobs of servers that share a PostgreSQL database.');
  addWorkerFlags(addModelFlags(command)).addHelpText('after', EXAMPLES).action(work);
}

/** A job names no host of a worker's own. */
const NO_HOSTS: ReadonlySet<string> = new Set();

async function work(flags: Flags): Promise<void> {
  const settings = parseSettings(flags, process.env);
  if (settings.store === undefined) {
    const got = 'none: without one, the server runs its jobs itself';
    throw new ApiError('BAD_OPTION', `expected --store as postgres://…, got ${got}`);
  }
  if (settings.tracing !== undefined) await setTracingUp(settings.tracing);
  const log = createServerLog(settings, process.stderr);
  const metrics = createMetrics();
  for (const line of strayVariables(process.env)) log.warn(line);
  const sources = modelSources(settings.model, loadOptions(settings), {
    inference: { ...inferenceOptions(settings), metrics },
    onProgress: downloadProgress(),
  });
  const models = createModelRegistry(sources, registryOptions(settings));
  // No image is asked for twice.
  const fetcher = createImageFetcher({ ...settings, cacheBytes: 0 });
  metrics.watchProcess();
  const store = await openStore({
    ...storeOptions(settings),
    models,
    readImage: imagesOfServer(fetcher, NO_HOSTS),
    maxFileBytes: MAX_IMAGE_BYTES,
    local: false,
    worker: { concurrency: settings.concurrency },
    metrics,
    onUnexpected: (error) => log.unexpected('job', error),
  });
  let isReady = false;
  try {
    const { host, port } = settings;
    const state = { metrics, isReady: () => isReady, isStoreThere: store.isThere };
    const probes = await serveWorkerProbes({ host, port }, state);
    await models.get();
    store.runner.start();
    isReady = true;
    const ending = untilSignal();
    log.info(`working; probes at ${probes.url}`);
    await ending;
    isReady = false;
    log.info('ending');
    await store.runner.stop(settings.graceSeconds * 1_000);
    await probes.close();
  } finally {
    await store.close();
    await fetcher.close();
    models.close();
    log.end();
  }
}
