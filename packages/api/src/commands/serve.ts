import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { clientAddressReader, partyOf } from '../access/client-address.ts';
import { openToAll } from '../access/open-to-all.ts';
import { listen } from '../doors/listener/server.ts';
import { createReadiness } from '../doors/requests/readiness.ts';
import type { PublicError } from '../errors/public-error.ts';
import { imagesOfServer } from '../images/read-image.ts';
import { closeAll } from '../jobs/close-all.ts';
import type { Store } from '../jobs/open-store.ts';
import { MAX_IMAGE_BYTES } from '../limits/images.ts';
import { modelSources } from '../models/model-sources.ts';
import { createModelRegistry, type ModelRegistry } from '../models/registry.ts';
import type { ServedPictures } from '../pictures/open-pictures.ts';
import {
  type Flags,
  inferenceOptions,
  loadOptions,
  parseSettings,
  registryOptions,
  type Settings,
  storeOptions,
} from '../settings/settings.ts';
import { secretsGiven, settingsText } from '../settings/settings-text.ts';
import { strayVariables } from '../settings/stray-variables.ts';
import { version } from '../settings/version.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { RequestLog, ServerLog } from '../telemetry/server-log.ts';
import { BusySignal } from '../threads/busy-signal.ts';
import { NICENESS } from '../threads/give-way.ts';
import { downloadProgress } from './download-progress.ts';
import { addModelFlags, addServerFlags } from './flags.ts';
import { warn } from './report.ts';
import { setTracingUp } from './set-tracing-up.ts';
import { startText } from './start-text.ts';
import { untilSignal } from './until-signal.ts';

const EXAMPLES = `
Examples:
  $ clipql serve
  $ clipql serve --port 8080 --model google/siglip2-base-patch32-256
  $ clipql serve --model models/mine --model laion/CLIP-ViT-B-32-laion2B-s34B-b79K
  $ clipql serve --allow-hosts localhost:8000,images.internal`;

/** `clipql serve` */
export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('Serve GraphQL over HTTP, with GraphiQL in the browser.')
    .option('--print-config', 'print the settings as JSON, without secrets, and exit');
  addServerFlags(addModelFlags(command)).addHelpText('after', EXAMPLES).action(serve);
}

/** A job outlives the request that started it, and names no host of ours. */
const NO_HOSTS: ReadonlySet<string> = new Set();

interface ServeFlags extends Flags {
  readonly printConfig?: true;
}

async function serve(flags: ServeFlags): Promise<void> {
  const settings = parseSettings(flags, process.env);
  if (flags.printConfig) return printSettings(settings);
  if (settings.tracing !== undefined) await setTracingUp(settings.tracing);
  // The other commands do without GraphQL and an HTTP client, and start in half the time.
  const [
    { createClipqlYoga },
    { createImageFetcher },
    { openStore },
    { openLabelSets },
    { openPictures },
    { createMetrics },
    { createServerLog },
  ] = await Promise.all([
    import('../doors/yoga.ts'),
    import('../images/fetch-image.ts'),
    import('../jobs/open-store.ts'),
    import('../label-sets/label-sets.ts'),
    import('../pictures/open-pictures.ts'),
    import('../telemetry/metrics.ts'),
    import('../telemetry/server-log.ts'),
  ]);
  const log = createServerLog(settings, process.stderr);
  const metrics = createMetrics();
  for (const line of strayVariables(process.env)) log.warn(line);
  const open = openToAll(settings);
  if (open !== undefined) log.warn(open);
  // The folder is locked before anything else happens in it.
  let labelSets =
    settings.store === undefined ? await openLabelSets(settings.data, log.warn) : undefined;
  let store: Store | undefined;
  let drawn: ServedPictures | undefined;
  try {
    const busy = new BusySignal();
    const loading = loadOptions(settings);
    const sources = modelSources(
      settings.model,
      { ...loading, niceness: NICENESS.work },
      {
        inference: { ...inferenceOptions(settings), metrics, busy },
        onProgress: downloadProgress(),
      },
    );
    const models = createModelRegistry(sources, registryOptions(settings));
    const fetcher = createImageFetcher({
      ...settings,
      cacheBytes: settings.cacheMib * 1024 * 1024,
    });
    metrics.watchProcess();
    store = await openStore({
      ...storeOptions(settings),
      models,
      readImage: imagesOfServer(fetcher, NO_HOSTS),
      maxFileBytes: MAX_IMAGE_BYTES,
      local: false,
      metrics,
      onUnexpected: (error) => log.unexpected('job', error),
    });
    labelSets ??= await openLabelSets(store.server, log.warn);
    drawn = await openPictures(settings, {
      ...{ models, busy, version: version(), warn: log.warn },
      ...{ threads: loading.threads, niceness: NICENESS.background, maxPixels: loading.maxPixels },
      onUnexpected: (error) => log.unexpected('picture', error),
    });
    const { indexes, runner } = store;
    const readiness = createReadiness(() => indexes.loading, store.isThere);
    const services = {
      models,
      fetcher,
      metrics,
      readiness,
      labelSets,
      pictures: drawn.pictures,
      store,
      settings,
      logRequest: log.request,
      warn: log.warn,
    };
    // Settings are checked here, which takes no time, and then the model, before the first request.
    const yoga = createClipqlYoga(services, log.unexpected);
    const model = await models.get();
    // Requests are answered meanwhile: a search loads what it needs.
    const isKept = settings.data !== undefined || settings.store !== undefined;
    const loaded = isKept ? indexes.load() : undefined;
    loaded?.catch((error) => log.unexpected('indexes', error));
    runner.start();
    drawn.run();
    const flood = (address: string, ahead: number) => floodOf(models, address, ahead);
    const listening = { ...settings, clientOf: clientAddressReader(settings.trustProxies) };
    const server = await listen(yoga, listening, countRefusals(log, metrics), flood);
    // Whoever reads that it listens may end it at once.
    const ending = untilSignal();
    if (settings.logFormat === 'json') log.info(`listening at ${server.url}`);
    else process.stderr.write(startText(model, server.url, settings));
    const signal = await ending;
    readiness.end();
    log.info('ending');
    // Whoever presses Ctrl-C has no load balancer that has to hear of it first.
    const drainMs = signal === 'SIGTERM' ? settings.drainSeconds * 1000 : 0;
    await Promise.all([
      server.close(settings.graceSeconds * 1000, delay(drainMs, undefined, { ref: false })),
      drawn.stop(),
    ]);
    await loaded?.catch(() => {});
    await runner.stop();
    await fetcher.close();
    models.close();
  } finally {
    const closing = [() => drawn?.close(), () => store?.close(), () => labelSets?.close()];
    await closeAll([...closing, log.end]);
  }
}

/** A reason to refuse whatever comes from an address: each loaded model has more to do than it can. */
function floodOf(models: ModelRegistry, address: string, ahead: number): PublicError | undefined {
  const party = partyOf(address);
  const loaded = models.list().flatMap((model) => model.loaded ?? []);
  const floods = loaded.map(({ inference }) => inference.flood(party, ahead));
  return floods.includes(undefined) ? undefined : floods[0];
}

/** Counts what the listener refuses by itself: those requests alone it logs. */
function countRefusals(log: ServerLog, { refusals }: Metrics): ServerLog {
  const request: RequestLog = (entry) => {
    if (entry.code !== undefined) refusals.inc({ code: entry.code });
    log.request(entry);
  };
  return { ...log, request };
}

function printSettings(settings: Settings): void {
  strayVariables(process.env).forEach(warn);
  process.stdout.write(settingsText(settings));
  for (const name of secretsGiven(settings)) {
    process.stderr.write(`clipql: ${name} is set, and not shown\n`);
  }
}
