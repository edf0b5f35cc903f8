import type { Owner } from '../access/owner.ts';
import type { ExampleOutcome } from './admit-examples.ts';
import type {
  ChangedClass,
  Classifier,
  Example,
  NewClassifier,
  NewExample,
  TrainingSet,
} from './classifier.ts';

/** A classifier after pictures were given to it. */
export interface Added {
  readonly classifier: Classifier;
  /** What became of each picture, in their order. */
  readonly outcomes: readonly ExampleOutcome[];
}

/**
 * Where classifiers are kept. A write is done as a whole or not at all, and is durable when its promise
 * resolves. Methods throw UNKNOWN_CLASSIFIER for one that was deleted or replaced since it was found.
 * All throw STORE_FULL, STORE_DAMAGED and STORE_UNAVAILABLE.
 */
export interface ClassifierStore {
  /**
   * @param replace whether another one of this name gives way.
   * @throws ApiError CLASSIFIER_EXISTS, TOO_MANY_CLASSIFIERS, TOO_MANY_EXAMPLES, TOO_MANY_IMAGE_BYTES;
   *   BAD_INPUT for its name, its classes or an embedding, and for a class that has neither texts nor pictures.
   */
  create(
    owner: Owner,
    classifier: NewClassifier,
    examples: readonly NewExample[],
    replace: boolean,
  ): Promise<Added>;
  /** @throws ApiError UNKNOWN_CLASSIFIER. */
  find(owner: Owner, name: string): Promise<Classifier>;
  /** By name. */
  list(owner: Owner): Promise<readonly Classifier[]>;
  /** Those of all owners, the oldest first. */
  listAll(): Promise<readonly Classifier[]>;
  /** @throws ApiError UNKNOWN_CLASSIFIER. */
  delete(owner: Owner, name: string): Promise<Classifier>;

  /**
   * Adds those that no class has, as `admitExamples` says.
   *
   * @throws ApiError TOO_MANY_EXAMPLES, TOO_MANY_IMAGE_BYTES; BAD_INPUT for an embedding.
   */
  addExamples(classifier: Classifier, examples: readonly NewExample[]): Promise<Added>;
  /**
   * Removes those that are there.
   *
   * @throws ApiError BAD_INPUT where a class would have neither texts nor pictures.
   */
  removeExamples(
    classifier: Classifier,
    contentHashes: readonly string[],
  ): Promise<{ readonly classifier: Classifier; readonly removed: number }>;

  /**
   * Moves those that are there to another class.
   *
   * @param place of the class, from 0.
   * @throws ApiError TOO_MANY_EXAMPLES; BAD_INPUT where a class would have neither texts nor pictures.
   */
  moveExamples(
    classifier: Classifier,
    contentHashes: readonly string[],
    place: number,
  ): Promise<{ readonly classifier: Classifier; readonly moved: number }>;
  /**
   * Gives it other classes. It is another classifier then, of the same name: whatever was found before is told so.
   *
   * @throws ApiError BAD_INPUT for classes that cannot be told apart, or have neither texts nor pictures;
   *   TOO_MANY_LABELS, TOO_MANY_EXAMPLES.
   */
  setClasses(classifier: Classifier, classes: readonly ChangedClass[]): Promise<Classifier>;

  /** In the order in which they came. */
  examples(classifier: Classifier): Promise<readonly Example[]>;
  /** An example's file. */
  image(classifier: Classifier, contentHash: string): Promise<Uint8Array | undefined>;
  trainingSet(classifier: Classifier): Promise<TrainingSet>;
  /** Keeps what training came to, unless the examples have changed since that version. */
  setTemperature(classifier: Classifier, version: number, temperature: number): Promise<void>;
}
