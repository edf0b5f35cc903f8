import { changeOperation } from '../server/change.ts';
import type { Operation, Value } from '../server/operation.ts';

/** A class of a classifier. */
export interface TaughtClass {
  readonly label: string;
  /** Null for the label itself, none for its pictures alone. */
  readonly texts: readonly string[] | null;
  readonly exampleCount: number;
}

/** A picture that a classifier has learned from. */
export interface Example {
  readonly label: string;
  readonly contentHash: string;
  readonly source: string;
  readonly imageUrl: string | null;
}

export interface Classifier {
  readonly name: string;
  readonly model: string;
  readonly classes: readonly TaughtClass[];
  readonly exampleCount: number;
  readonly examples: readonly Example[];
}

interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What a classifier’s own pictures say of it. */
export interface CrossValidation {
  readonly images: number;
  readonly folds: number;
  readonly isLeaveOneOut: boolean;
  readonly accuracy: Estimate;
  readonly confusionMatrix: readonly {
    readonly truth: string;
    readonly counts: readonly number[];
  }[];
  readonly mistakes: readonly {
    readonly contentHash: string;
    readonly predicted: string;
    readonly probability: number;
  }[];
}

/** What a change answers. */
export interface Changed {
  readonly classifier: Classifier | null;
  readonly failures?: readonly Failure[];
  readonly warnings?: readonly string[];
}

interface Failure {
  readonly label: string;
  readonly index: number;
  readonly message: string;
}

const CLASSIFIER =
  'name model exampleCount classes { label texts exampleCount } examples { label contentHash source imageUrl }';
const TAUGHT = `classifier { ${CLASSIFIER} } failures { label index message } warnings`;

const byName = (name: string, operation: string, selection: string): Operation => ({
  kind: 'query',
  name: operation,
  field: 'classifier',
  args: [{ name: 'name', type: 'String!', value: name }],
  selection,
});

export const findOperation = (name: string): Operation => byName(name, 'Classifier', CLASSIFIER);

export const judgeOperation = (name: string): Operation =>
  byName(
    name,
    'CrossValidation',
    'crossValidation { images folds isLeaveOneOut accuracy { value low high } confusionMatrix { truth counts } mistakes(first: 100) { contentHash predicted probability } }',
  );

export const createOperation = (name: string, labels: readonly string[]): Operation =>
  changeOperation(
    'createClassifier',
    'CreateClassifierInput',
    { name, classes: labels.map((label) => ({ label })), keepImages: true },
    TAUGHT,
  );

export const addOperation = (
  classifier: string,
  label: string,
  images: readonly Value[],
): Operation =>
  changeOperation(
    'addExamples',
    'AddExamplesInput',
    { classifier, classes: [{ label, images }] },
    TAUGHT,
  );

export const removeOperation = (classifier: string, contentHashes: readonly string[]): Operation =>
  changeOperation(
    'removeExamples',
    'RemoveExamplesInput',
    { classifier, contentHashes },
    `classifier { ${CLASSIFIER} }`,
  );

export const moveOperation = (
  classifier: string,
  contentHashes: readonly string[],
  label: string,
): Operation =>
  changeOperation(
    'moveExamples',
    'MoveExamplesInput',
    { classifier, contentHashes, label },
    `classifier { ${CLASSIFIER} }`,
  );

/** A class as it is to be: of one that is there, or new. */
export interface WantedClass extends Pick<TaughtClass, 'label' | 'texts'> {
  readonly from?: string;
}

export const setClassesOperation = (
  classifier: string,
  classes: readonly WantedClass[],
): Operation =>
  changeOperation(
    'setClasses',
    'SetClassesInput',
    {
      classifier,
      classes: classes.map(({ label, texts, from }) => ({
        label,
        ...(from !== undefined && { from }),
        ...(texts !== null && { texts }),
      })),
    },
    `classifier { ${CLASSIFIER} } warnings`,
  );

export const deleteOperation = (name: string): Operation =>
  changeOperation('deleteClassifier', 'DeleteClassifierInput', { name }, 'name');

/** Each class as it is, to be changed. */
export const sameClasses = ({ classes }: Classifier): readonly WantedClass[] =>
  classes.map(({ label, texts }) => ({ label, texts, from: label }));

export const askClassifierOperation = (classifier: string, image: Value): Operation => ({
  kind: 'query',
  name: 'Classify',
  field: 'classify',
  args: [
    { name: 'image', type: 'ImageInput!', value: image },
    { name: 'classifier', type: 'String', value: classifier },
  ],
  selection: 'label calibrated scores { label probability cosine }',
});
