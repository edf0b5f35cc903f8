import { readFile } from 'node:fs/promises';
import { createReadiness, type Readiness } from '../doors/requests/readiness.ts';
import type { ServerContext } from '../doors/requests/services.ts';
import { type ClipqlYoga, createClipqlYoga } from '../doors/yoga.ts';
import {
  createImageFetcher,
  type FetchImageOptions,
  type ImageFetcher,
} from '../images/fetch-image.ts';
import { imagesOfServer } from '../images/read-image.ts';
import type { InferenceOptions } from '../inference/inference.ts';
import { openStore, type Store } from '../jobs/open-store.ts';
import { openLabelSets } from '../label-sets/label-sets.ts';
import { MAX_IMAGE_BYTES } from '../limits/images.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import { modelSources } from '../models/model-sources.ts';
import {
  createModelRegistry,
  type ModelRegistry,
  type RegistryOptions,
} from '../models/registry.ts';
import { openPictures, type ServedPictures } from '../pictures/open-pictures.ts';
import { parseSettings, type Settings, storeOptions } from '../settings/settings.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import type { ServerLog } from '../telemetry/server-log.ts';
import { BusySignal } from '../threads/busy-signal.ts';
import { NANO } from './models.ts';

/** What a GraphQL response holds. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a response has the shape that its query asks for.
  readonly data: any;
  readonly errors: readonly {
    message: string;
    path?: string[];
    extensions: { code: string; retryAfter?: number };
  }[];
}

/** The whole API on a small model, without a port. */
export interface TestApi {
  readonly model: LoadedModel;
  readonly store: Store;
  /** Of the models' forward passes. */
  readonly busy: BusySignal;
  /** None are drawn until they are run. */
  readonly drawn: ServedPictures;
  readonly yoga: ClipqlYoga;
  /** Unexpected errors, as whoever runs the server gets them. */
  readonly logged: unknown[];
  /** What else whoever runs the server is told. */
  readonly warnings: readonly string[];
  readonly readiness: Readiness;
  /** @param context what a listener would tell of the request. */
  fetch(path: string, init?: RequestInit, context?: ServerContext): Promise<Response>;
  query(query: string, variables?: object): Promise<Answer>;
  close(): Promise<void>;
}

export const ORIGIN = 'http://clipql.test';

export interface TestApiOptions extends FetchImageOptions {
  readonly inference?: InferenceOptions;
  /** Where they differ from the defaults. */
  readonly settings?: Partial<Settings>;
  /** Takes each request; unexpected errors are collected unless it is given. */
  readonly log?: ServerLog;
  /** Folders of models; nano unless given, and the embedded model where there are none. */
  readonly served?: readonly string[];
  readonly registry?: RegistryOptions;
}

export async function startApi(options: TestApiOptions = {}): Promise<TestApi> {
  const { inference, settings: changed, log, served = [NANO], registry, ...fetching } = options;
  const metrics = createMetrics();
  const busy = new BusySignal();
  const sources = modelSources(
    served,
    { threads: 1 },
    {
      inference: { decodeThreads: 1, ...inference, metrics, busy },
    },
  );
  const models = createModelRegistry(sources, registry);
  const fetcher = createImageFetcher(fetching);
  const logged: unknown[] = [];
  const warnings: string[] = [];
  const settings = { ...parseSettings({}, {}), ...changed };
  const store = await openTestStore(
    settings,
    models,
    fetcher,
    (error) => logged.push(error),
    metrics,
  );
  const labelSets = await openLabelSets(store.server ?? settings.data, (message) =>
    warnings.push(message),
  );
  const drawn = await openPictures(settings, {
    // Beside other tests, a niceness would make these take for ever.
    ...{ models, busy, threads: 1, niceness: 0, maxPixels: 25e6, version: '0.0.0' },
    warn: (message) => warnings.push(message),
    onUnexpected: (error) => logged.push(error),
  });
  const services = {
    models,
    fetcher,
    metrics,
    readiness: createReadiness(() => store.indexes.loading, store.isThere),
    labelSets,
    pictures: drawn.pictures,
    store,
    settings,
    logRequest: log?.request ?? (() => {}),
    warn: (message: string) => warnings.push(message),
  };
  const yoga = createClipqlYoga(services, log?.unexpected ?? ((_id, error) => logged.push(error)));
  const fetch: TestApi['fetch'] = async (path, init = {}, context = {}) =>
    yoga.fetch(`${ORIGIN}${path}`, init, context);
  return {
    model: await models.get(),
    store,
    busy,
    drawn,
    yoga,
    logged,
    warnings,
    readiness: services.readiness,
    fetch,
    query: async (query, variables) => {
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors = [] } = (await response.json()) as Partial<Answer>;
      return { status: response.status, data, errors };
    },
    close: async () => {
      await drawn.close();
      await store.close();
      await fetcher.close();
      models.close();
      await labelSets.close();
    },
  };
}

/** As `serve` opens it, in a folder of its own; its jobs do not run until its runner is started. */
export const openTestStore = (
  settings: Settings,
  models: ModelRegistry,
  fetcher: ImageFetcher,
  onUnexpected: (error: unknown) => void,
  metrics = createMetrics(),
): Promise<Store> =>
  openStore({
    ...storeOptions(settings),
    // Opened when it is needed: most tests need none.
    data: undefined,
    models,
    readImage: imagesOfServer(fetcher, new Set()),
    maxFileBytes: MAX_IMAGE_BYTES,
    local: false,
    metrics,
    onUnexpected,
  });

/** What Prometheus would read under this name; NaN where it would find nothing. */
export async function metricOf(api: Pick<TestApi, 'fetch'>, name: string): Promise<number> {
  const text = await (await api.fetch('/metrics')).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? Number.NaN);
}

/** An example's file. */
export function exampleBytes(file: string): Promise<Buffer> {
  return readFile(new URL(`../../examples/${file}`, import.meta.url));
}

export function dataUrl(bytes: Uint8Array, mediaType = 'image/jpeg'): string {
  return `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`;
}
