import { LRUCache } from 'lru-cache';
import { type Owner, ownerOf } from '../access/owner.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Classifier, NewClassifier, NewExample } from './classifier.ts';
import type { Added, ClassifierStore } from './store.ts';
import { bytesOf, directionsOf, type TaughtClassifier } from './training/taught-classifier.ts';
import { Trainer } from './training/trainer.ts';

/** What needs no owner, as a classifier says whose it is. */
type OfOneClassifier = Pick<
  ClassifierStore,
  | 'addExamples'
  | 'removeExamples'
  | 'moveExamples'
  | 'setClasses'
  | 'examples'
  | 'image'
  | 'trainingSet'
>;

/** The classifiers of one owner. What each method throws, `ClassifierStore` says. */
export interface Classifiers extends OfOneClassifier {
  create(
    classifier: NewClassifier,
    examples: readonly NewExample[],
    replace: boolean,
  ): Promise<Added>;
  find(name: string): Promise<Classifier>;
  /** By name. */
  list(): Promise<readonly Classifier[]>;
  delete(name: string): Promise<Classifier>;
  /**
   * Trains a classifier on its examples, unless that is done.
   *
   * @throws ApiError UNKNOWN_CLASSIFIER, ClipError WORKER_LOST.
   */
  teach(classifier: Classifier): Promise<TaughtClassifier>;
}

/** The classifiers of all owners: a caller sees only its own. */
export interface OwnedClassifiers {
  /** @param caller a key's name or a token's subject; undefined for those that all share. */
  of(caller: string | undefined): Classifiers;
  /** Ends the thread that trains. */
  close(): Promise<void>;
}

/** Of all trained classifiers in memory. */
const CACHE_BYTES = 64 * 1024 * 1024;
/** While it is trained, its size is not known. */
const UNKNOWN_BYTES = 1_000;

interface Trained {
  readonly version: number;
  readonly taught: Promise<TaughtClassifier>;
  readonly bytes: number;
}

export function createClassifiers(store: ClassifierStore, metrics?: Metrics): OwnedClassifiers {
  const trainer = new Trainer(metrics);
  const trained = new LRUCache<number, Trained>({
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });
  const train = async (classifier: Classifier): Promise<TaughtClassifier> => {
    const set = await store.trainingSet(classifier);
    const directions = directionsOf(set);
    if (set.examples.classes.length === 0) return { directions, probe: undefined };
    const { texts, examples, version } = set;
    const { logitScale, owner } = classifier;
    const { embeddings, classes } = examples;
    const request = { texts, examples: { embeddings, classes }, logitScale };
    const probe = await trainer.train(request, owner);
    // After a restart it is there already: answering does not depend on a disk that can be written.
    if (version !== classifier.version || probe.temperature !== classifier.temperature) {
      await store.setTemperature(classifier, version, probe.temperature);
    }
    return { directions, probe };
  };
  const teach = (classifier: Classifier): Promise<TaughtClassifier> => {
    const { id, version } = classifier;
    const known = trained.get(id);
    if (known?.version === version) return known.taught;
    const taught = train(classifier);
    trained.set(id, { version, taught, bytes: UNKNOWN_BYTES });
    taught.then(
      (done) => {
        if (trained.peek(id)?.taught !== taught) return;
        trained.set(id, { version, taught, bytes: bytesOf(done) });
      },
      () => {
        if (trained.peek(id)?.taught === taught) trained.delete(id);
      },
    );
    return taught;
  };
  const ofOwner = (owner: Owner): Classifiers => ({
    ...store,
    create: (classifier, examples, replace) => store.create(owner, classifier, examples, replace),
    find: (name) => store.find(owner, name),
    list: () => store.list(owner),
    delete: (name) => store.delete(owner, name),
    teach,
  });
  return { of: (caller) => ofOwner(ownerOf(caller)), close: () => trainer.close() };
}
