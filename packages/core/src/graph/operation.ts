/**
 * The operations: what each reads, and one table of what else has to be known of each. A graph, a plan
 * and every backend go by it; ARCHITECTURE.md, "Adding an operation", says what to touch.
 */
import type { ForwardOperands } from './forward-operands.ts';
import type { GradientOperands } from './gradient-operands.ts';

interface Operands<M, W> extends ForwardOperands<M, W>, GradientOperands<M, W> {}

export type ForwardOperationName = keyof ForwardOperands<unknown, unknown>;
export type GradientOperationName = keyof GradientOperands<unknown, unknown>;
export type OperationName = ForwardOperationName | GradientOperationName;

export type OperationOf<Name extends OperationName, M, W> = { readonly op: Name } & Operands<
  M,
  W
>[Name];

export type ForwardOperation<M, W> = {
  readonly [Name in ForwardOperationName]: OperationOf<Name, M, W>;
}[ForwardOperationName];

export type GradientOperation<M, W> = {
  readonly [Name in GradientOperationName]: OperationOf<Name, M, W>;
}[GradientOperationName];

export type Operation<M, W> = ForwardOperation<M, W> | GradientOperation<M, W>;

/**
 * What a weight is to the operation that reads it. A backend packs by it, and by nothing else:
 * `linear` a linear layer's matrix [out, in]; `bias` a linear layer's bias [out]; `vector` a row that is
 * read whole; `table` rows that are read one by one.
 */
export type WeightRole = 'linear' | 'bias' | 'vector' | 'table';

interface Matrix {
  readonly is: 'matrix';
}
interface Weight {
  readonly is: 'weight';
}

/** The fields of an operation that hold a matrix, and those that hold a weight with their roles. */
type Reads<Name extends OperationName> = {
  readonly [Field in keyof Operands<Matrix, Weight>[Name] as Matrix extends Operands<
    Matrix,
    Weight
  >[Name][Field]
    ? Field
    : never]: 'matrix';
} & {
  readonly [Field in keyof Operands<Matrix, Weight>[Name] as Weight extends Operands<
    Matrix,
    Weight
  >[Name][Field]
    ? Field
    : never]: WeightRole;
};

interface Row<Name extends OperationName> {
  /**
   * In the order in which a plan computes them. A gradient comes first, as it takes many steps: whatever was computed
   * before them would take up memory meanwhile.
   */
  readonly reads: Reads<Name>;
  /** Whether row r of the result depends on row r of each matrix alone, whatever r is. */
  readonly rowWise: boolean;
}

const FORWARD_OPERATIONS: { readonly [Name in ForwardOperationName]: Row<Name> } = {
  patches: { reads: { x: 'matrix' }, rowWise: false },
  embed: { reads: { table: 'table', ids: 'matrix' }, rowWise: false },
  linear: {
    reads: { x: 'matrix', weight: 'linear', bias: 'bias', residual: 'matrix' },
    rowWise: true,
  },
  gelu: { reads: { x: 'matrix' }, rowWise: true },
  relu: { reads: { x: 'matrix' }, rowWise: true },
  windows: { reads: { x: 'matrix' }, rowWise: false },
  depthwise: { reads: { x: 'matrix', weight: 'table', bias: 'vector' }, rowWise: false },
  averagePool: { reads: { x: 'matrix' }, rowWise: false },
  layerNorm: { reads: { x: 'matrix', weight: 'vector', bias: 'vector' }, rowWise: true },
  attention: {
    reads: { query: 'matrix', key: 'matrix', value: 'matrix', offsets: 'matrix' },
    rowWise: false,
  },
  add: { reads: { x: 'matrix', y: 'matrix' }, rowWise: true },
  addTable: { reads: { x: 'matrix', table: 'table' }, rowWise: false },
  prepend: { reads: { x: 'matrix', row: 'vector' }, rowWise: false },
  prependMean: { reads: { x: 'matrix' }, rowWise: false },
  select: { reads: { x: 'matrix', indices: 'matrix' }, rowWise: false },
  l2Normalize: { reads: { x: 'matrix' }, rowWise: true },
};

const GRADIENT_OPERATIONS: { readonly [Name in GradientOperationName]: Row<Name> } = {
  linearTranspose: {
    reads: { x: 'matrix', weight: 'linear', residual: 'matrix' },
    rowWise: true,
  },
  patchesTranspose: { reads: { x: 'matrix' }, rowWise: false },
  windowsTranspose: { reads: { x: 'matrix' }, rowWise: false },
  depthwiseTranspose: { reads: { x: 'matrix', weight: 'table' }, rowWise: false },
  averagePoolTranspose: { reads: { x: 'matrix' }, rowWise: false },
  prependTranspose: { reads: { x: 'matrix' }, rowWise: false },
  prependMeanTranspose: { reads: { x: 'matrix' }, rowWise: false },
  selectTranspose: { reads: { x: 'matrix', indices: 'matrix' }, rowWise: false },
  geluGradient: { reads: { gradient: 'matrix', x: 'matrix' }, rowWise: true },
  reluGradient: { reads: { gradient: 'matrix', y: 'matrix' }, rowWise: true },
  layerNormGradient: {
    reads: { gradient: 'matrix', x: 'matrix', weight: 'vector' },
    rowWise: true,
  },
  l2NormalizeGradient: { reads: { gradient: 'matrix', x: 'matrix' }, rowWise: true },
  attentionWeights: {
    reads: { query: 'matrix', key: 'matrix', offsets: 'matrix' },
    rowWise: false,
  },
  attentionScoreGradient: {
    reads: { gradient: 'matrix', shares: 'matrix', value: 'matrix', offsets: 'matrix' },
    rowWise: false,
  },
  attentionMix: { reads: { shares: 'matrix', x: 'matrix', offsets: 'matrix' }, rowWise: false },
  attentionMixTranspose: {
    reads: { x: 'matrix', shares: 'matrix', offsets: 'matrix' },
    rowWise: false,
  },
};

export const OPERATIONS: { readonly [Name in OperationName]: Row<Name> } = {
  ...FORWARD_OPERATIONS,
  ...GRADIENT_OPERATIONS,
};

/** Whether an operation belongs to forward passes. The others occur only in backward passes. */
export const isForward = <M, W>(operation: Operation<M, W>): operation is ForwardOperation<M, W> =>
  operation.op in FORWARD_OPERATIONS;

/** The matrices that an operation reads. */
export function matricesOf<M>(operation: Operation<M, unknown>): readonly M[] {
  const matrices: M[] = [];
  mapOperands(
    operation,
    (matrix) => matrices.push(matrix),
    () => {},
  );
  return matrices;
}

/** The weights that an operation reads. */
export function weightsOf<W>(operation: Operation<unknown, W>): readonly W[] {
  const weights: W[] = [];
  mapOperands(
    operation,
    () => {},
    (weight) => weights.push(weight),
  );
  return weights;
}

/** The same operation on other matrices and weights; what it leaves out stays left out. */
export function mapOperands<M, W, N, V>(
  operation: Operation<M, W>,
  matrix: (matrix: M) => N,
  weight: (weight: W, role: WeightRole) => V,
): Operation<N, V> {
  const mapped: Record<string, unknown> = { ...operation };
  const reads: Readonly<Record<string, 'matrix' | WeightRole>> = OPERATIONS[operation.op].reads;
  for (const [field, what] of Object.entries(reads)) {
    const operand = mapped[field];
    if (operand === undefined) continue;
    mapped[field] = what === 'matrix' ? matrix(operand as M) : weight(operand as W, what);
  }
  return mapped as unknown as Operation<N, V>;
}
