import { type Owner, ownerOf } from '../access/owner.ts';
import type { Classifiers } from '../classifiers/classifiers.ts';
import type { LiveIndexes } from '../collections/live-indexes.ts';
import type { CollectionStore } from '../collections/store.ts';
import type { ImageFetcher } from '../images/fetch-image.ts';
import { imagesOfServer } from '../images/read-image.ts';
import {
  afterTimeout,
  callerSignal,
  type EndingSignal,
  operationOver,
} from '../inference/caller.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Store } from '../jobs/open-store.ts';
import type { LabelSets, OwnedLabelSets } from '../label-sets/label-sets.ts';
import type { DocumentLimits } from '../limits/documents.ts';
import type { Limits } from '../limits/limits.ts';
import { LoopSlices } from '../limits/loop-slices.ts';
import type { SubscriptionLimits } from '../limits/subscriptions.ts';
import { createLoaders, type ModelSession } from '../loaders/loaders.ts';
import type { ModelLease, ModelRegistry } from '../models/registry.ts';
import type { Pictures } from '../pictures/pictures.ts';
import { type DescribedError, describeFailure, type ErrorLog } from '../telemetry/error-log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { currentRequest } from '../telemetry/request-scope.ts';

/** What all operations share. */
export interface OperationServices {
  readonly models: ModelRegistry;
  readonly fetcher: ImageFetcher;
  readonly metrics: Metrics;
  readonly labelSets: OwnedLabelSets;
  readonly pictures: Pictures;
  readonly store: Pick<Store, 'classifiers' | 'collections' | 'counts' | 'indexes' | 'jobs'>;
  readonly settings: OperationSettings;
}

/** What one operation may ask for, and for how long. */
export interface ServerLimits extends Limits, DocumentLimits, SubscriptionLimits {
  /** Seconds that an operation may take. */
  readonly deadline: number;
  /** Of an image; SERVER_MEGAPIXELS unless given. */
  readonly maxMegapixels?: number | undefined;
}

interface OperationSettings extends ServerLimits {
  /** Whether all callers share their label sets. */
  readonly sharedLabelSets: boolean;
  /** Whether all callers share their collections, jobs and pictures. */
  readonly sharedCollections: boolean;
  /** Whether all callers share their classifiers. */
  readonly sharedClassifiers: boolean;
}

/** The request that an operation is of. */
interface OperationRequest {
  readonly request: Pick<Request, 'url' | 'signal'>;
  /** The port that it came in on; undefined without a listener. */
  readonly port?: number | undefined;
  /** Aborted, for a reason that is an ApiError, when the server ends and operations have to. */
  readonly ending?: AbortSignal | undefined;
}

/** What resolvers get. Made anew for each operation, so that nothing is shared between users. */
export interface Context {
  readonly models: ModelRegistry;
  /** The caller's own, unless all share them. */
  readonly labelSets: LabelSets;
  /** As label sets. */
  readonly classifiers: Classifiers;
  /** Whose collections, jobs and pictures the caller sees. */
  readonly owner: Owner;
  readonly collections: CollectionStore;
  readonly indexes: LiveIndexes;
  readonly jobs: JobQueue;
  readonly pictures: Pictures;
  readonly limits: ServerLimits;
  /** In which the operation's answer is made. */
  readonly slices: LoopSlices;
  /** Aborted when nobody waits for the answer any more, or it has taken too long. */
  readonly signal: AbortSignal;
  /**
   * A model and its loaders, the same ones throughout the operation; the model stays loaded until
   * {@link Context.end}.
   *
   * @param model the default one unless given.
   * @throws ApiError UNKNOWN_MODEL, REQUEST_ABORTED once the operation is over; and what loading a
   *   model throws.
   */
  use(model?: string | null): Promise<ModelSession>;
  /** What the user may see of one input's failure; it is counted, and logged if unexpected. */
  describe(error: unknown): DescribedError;
  /** Breaks off what is under way and lets go of the models: to be called once, at the operation's end. */
  end(): void;
}

export function createContext(
  { models, fetcher, metrics, labelSets, pictures, store, settings }: OperationServices,
  { request, port, ending }: OperationRequest,
  log: ErrorLog,
): Context {
  const readImage = imagesOfServer(fetcher, ownHosts(request.url, port));
  const sessions = new Map<string | undefined, Promise<ModelSession>>();
  const leases: ModelLease[] = [];
  let waiting: EndingSignal | undefined;
  let isOver = false;
  const signal = () => {
    waiting ??= callerSignal(request.signal, 1000 * settings.deadline, afterTimeout, ending);
    return waiting.signal;
  };
  const open = async (name: string | undefined): Promise<ModelSession> => {
    const lease = await models.lease(name);
    if (isOver) {
      lease.release();
      throw operationOver();
    }
    leases.push(lease);
    const { model } = lease;
    const party = currentRequest()?.party;
    return { model, loaders: createLoaders(model, readImage, settings, signal(), party) };
  };
  return {
    models,
    labelSets: labelSets.of(settings.sharedLabelSets ? undefined : currentRequest()?.caller),
    owner: ownerOf(settings.sharedCollections ? undefined : currentRequest()?.caller),
    pictures,
    ...store,
    classifiers: store.classifiers.of(
      settings.sharedClassifiers ? undefined : currentRequest()?.caller,
    ),
    limits: settings,
    slices: new LoopSlices(),
    get signal() {
      return signal();
    },
    describe: (error) => {
      const described = describeFailure(error, log);
      metrics.refusals.inc({ code: described.code });
      return described;
    },
    use: (model) => {
      const name = model ?? undefined;
      const session = sessions.get(name) ?? open(name);
      sessions.set(name, session);
      return session;
    },
    end: () => {
      isOver = true;
      waiting?.end();
      for (const lease of leases) lease.release();
    },
  };
}

/** The names by which a client may know this server: the one it used, and this machine's. */
function ownHosts(requestUrl: string, port: number | undefined): ReadonlySet<string> {
  const hosts = new Set([new URL(requestUrl).host]);
  if (port !== undefined) {
    for (const name of ['localhost', '127.0.0.1', '[::1]'])
      hosts.add(new URL(`http://${name}:${port}`).host);
  }
  return hosts;
}
