import type { Activation } from '../config/clip-config.ts';
import type { ImageWindow, Rectifier } from './forward-operands.ts';
import { mapOperands, matricesOf, type Operation } from './operation.ts';

/** A weight of the model, under our name, with the shape that it has in the checkpoint. */
export interface Parameter {
  readonly kind: 'parameter';
  readonly name: string;
  readonly shape: readonly number[];
}

/** A matrix that an operation gives: `rows` × `columns`, row-major. */
export interface Tensor {
  readonly kind: 'tensor';
  readonly rows: number;
  readonly columns: number;
  readonly dtype: 'f32' | 'i32';
  readonly operation: Source;
}

/** A layer norm's or a linear layer's weights, as PyTorch's modules hold them. */
export interface Affine {
  readonly weight: Parameter;
  readonly bias: Parameter;
}

/** What gives a tensor: an operation, or the caller, at each run. */
export type Source = Operation<Tensor, Parameter> | { readonly op: 'input'; readonly name: string };

/** A finished graph: its outputs by name, and through them all that they are made from. */
export interface Graph {
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/**
 * Records a computation over matrices, one operation a call, and checks the shapes as it goes. The
 * calls stay unfused and know of no backend.
 *
 * A batch of sequences is one matrix: their rows end to end, with `offsets` (an i32 input of B + 1
 * row numbers) saying where each begins. Sequences may differ in length.
 */
export class GraphBuilder {
  readonly #declared = new Map<string, Parameter>();
  readonly #outputs = new Map<string, Tensor>();

  /** The weights that the graph uses, in the order in which they were declared. */
  get parameters(): readonly Parameter[] {
    return [...this.#declared.values()];
  }

  parameter(name: string, shape: readonly number[]): Parameter {
    check(!this.#declared.has(name), () => `parameter ${name} is declared twice`);
    const parameter: Parameter = { kind: 'parameter', name, shape };
    this.#declared.set(name, parameter);
    return parameter;
  }

  input(name: string, rows: number, columns: number, dtype: 'f32' | 'i32' = 'f32'): Tensor {
    return tensor(rows, columns, { op: 'input', name }, dtype);
  }

  patches(x: Tensor, channels: number, imageSize: number, patchSize: number): Tensor {
    expectColumns('patches', x, channels * imageSize * imageSize);
    const side = Math.floor(imageSize / patchSize);
    return tensor(x.rows * side * side, channels * patchSize * patchSize, {
      op: 'patches',
      x,
      channels,
      imageSize,
      patchSize,
    });
  }

  embed(table: Parameter, ids: Tensor): Tensor {
    expectIndices('embed', ids);
    return tensor(ids.rows, matrixShape(table).columns, { op: 'embed', table, ids });
  }

  linear(x: Tensor, weight: Parameter, bias?: Parameter): Tensor {
    const { rows: out, columns } = matrixShape(weight);
    expectColumns(weight.name, x, columns);
    if (bias !== undefined) expectVector(bias, out);
    return tensor(x.rows, out, {
      op: 'linear',
      x,
      weight,
      bias,
      activation: undefined,
      residual: undefined,
    });
  }

  gelu(x: Tensor, activation: Activation): Tensor {
    return tensor(x.rows, x.columns, { op: 'gelu', x, activation });
  }

  relu(x: Tensor, activation: Rectifier): Tensor {
    return tensor(x.rows, x.columns, { op: 'relu', x, activation });
  }

  windows(x: Tensor, window: ImageWindow): Tensor {
    const { kernel, outSide } = window;
    const images = expectImages('windows', x, window.side);
    const rows = images * outSide * outSide;
    return tensor(rows, kernel * kernel * x.columns, { op: 'windows', x, window });
  }

  /** A convolution of each channel by itself. @param weight [k·k, C] @param bias [C] */
  depthwise(x: Tensor, { weight, bias }: Affine, window: ImageWindow): Tensor {
    const { kernel, outSide } = window;
    const images = expectImages('depthwise', x, window.side);
    const { rows, columns } = matrixShape(weight);
    expectColumns(weight.name, x, columns);
    check(rows === kernel * kernel, () => `${weight.name}: ${rows} rows for a kernel of ${kernel}`);
    expectVector(bias, x.columns);
    return tensor(images * outSide * outSide, x.columns, {
      op: 'depthwise',
      x,
      weight,
      bias,
      window,
      activation: undefined,
    });
  }

  averagePool(x: Tensor, side: number, kernel: number): Tensor {
    const images = expectImages('averagePool', x, side);
    const rows = images * Math.floor(side / kernel) ** 2;
    return tensor(rows, x.columns, { op: 'averagePool', x, side, kernel });
  }

  layerNorm(x: Tensor, { weight, bias }: Affine, epsilon: number): Tensor {
    expectVector(weight, x.columns);
    expectVector(bias, x.columns);
    return tensor(x.rows, x.columns, { op: 'layerNorm', x, weight, bias, epsilon });
  }

  attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    {
      offsets,
      heads,
      causal,
      queries,
      longest = key.rows,
    }: { offsets: Tensor; heads: number; causal: boolean; queries?: number; longest?: number },
  ): Tensor {
    expectIndices('attention', offsets);
    expectSameShape('attention', key, value);
    if (queries === undefined) {
      expectSameShape('attention', query, key);
    } else {
      const rows = queries * (offsets.rows - 1);
      check(
        !causal,
        () => 'attention: expected no causal mask where queries are no rows of the key',
      );
      check(query.rows === rows, () => `attention: expected ${rows} queries, got ${query.rows}`);
      expectColumns('attention', query, key.columns);
    }
    check(query.columns % heads === 0, () => `attention: ${query.columns} columns, ${heads} heads`);
    return tensor(query.rows, query.columns, {
      op: 'attention',
      query,
      key,
      value,
      offsets,
      heads,
      causal,
      queries,
      longest: Math.min(longest, key.rows),
    });
  }

  /** Adds a tensor of the same shape, or a table whose rows repeat over x's. */
  add(x: Tensor, y: Tensor | Parameter): Tensor {
    if (y.kind === 'tensor') {
      expectSameShape('add', x, y);
      return tensor(x.rows, x.columns, { op: 'add', x, y });
    }
    const { rows, columns } = matrixShape(y);
    expectColumns(y.name, x, columns);
    check(x.rows % rows === 0, () => `${y.name}: ${rows} rows do not divide ${x.rows}`);
    return tensor(x.rows, x.columns, { op: 'addTable', x, table: y });
  }

  prepend(x: Tensor, row: Parameter, length: number): Tensor {
    expectVector(row, x.columns);
    check(x.rows % length === 0, () => `prepend: ${x.rows} rows in sequences of ${length}`);
    const rows = (x.rows / length) * (length + 1);
    return tensor(rows, x.columns, { op: 'prepend', x, row, length });
  }

  prependMean(x: Tensor, length: number): Tensor {
    check(x.rows % length === 0, () => `prependMean: ${x.rows} rows in sequences of ${length}`);
    const rows = (x.rows / length) * (length + 1);
    return tensor(rows, x.columns, { op: 'prependMean', x, length });
  }

  select(x: Tensor, indices: Tensor): Tensor {
    expectIndices('select', indices);
    return tensor(indices.rows, x.columns, { op: 'select', x, indices });
  }

  l2Normalize(x: Tensor): Tensor {
    return tensor(x.rows, x.columns, { op: 'l2Normalize', x });
  }

  output(name: string, x: Tensor): void {
    this.#outputs.set(name, x);
  }

  build(): Graph {
    return { outputs: this.#outputs };
  }
}

/** A parameter as a matrix: its first dimension, and the product of the others. */
export function matrixShape({ shape }: Parameter): { rows: number; columns: number } {
  const [rows = 1, ...rest] = shape;
  return { rows, columns: rest.reduce((a, b) => a * b, 1) };
}

/** The tensors that a tensor is made from. */
export const operandsOf = ({ operation }: Tensor): readonly Tensor[] =>
  operation.op === 'input' ? [] : matricesOf(operation);

/** Every tensor of a graph, each after those that it is made from. */
export function inOrder(graph: Graph): readonly Tensor[] {
  const ordered = new Set<Tensor>();
  const visit = (node: Tensor): void => {
    if (ordered.has(node)) return;
    for (const operand of operandsOf(node)) visit(operand);
    ordered.add(node);
  };
  for (const output of graph.outputs.values()) visit(output);
  return [...ordered];
}

/** The same operation on other operands, for so many rows. */
export function withOperands(node: Tensor, rows: number, map: (operand: Tensor) => Tensor): Tensor {
  const { operation } = node;
  if (operation.op === 'input') return node;
  const mapped = mapOperands(operation, map, (parameter) => parameter);
  return tensor(rows, node.columns, mapped, node.dtype);
}

export function tensor(
  rows: number,
  columns: number,
  operation: Source,
  dtype: 'f32' | 'i32' = 'f32',
): Tensor {
  return { kind: 'tensor', rows, columns, dtype, operation };
}

function check(holds: boolean, problem: () => string): void {
  if (!holds) throw new RangeError(problem());
}

const shapeOf = ({ rows, columns }: Tensor): string => `[${rows}, ${columns}]`;

function expectColumns(what: string, x: Tensor, columns: number): void {
  check(x.columns === columns, () => `${what}: expected ${columns} columns, got ${shapeOf(x)}`);
}

function expectSameShape(what: string, x: Tensor, y: Tensor): void {
  const same = x.rows === y.rows && x.columns === y.columns;
  check(same, () => `${what}: expected equal shapes, got ${shapeOf(x)} and ${shapeOf(y)}`);
}

function expectIndices(what: string, x: Tensor): void {
  const fits = x.dtype === 'i32' && x.columns === 1;
  check(fits, () => `${what}: expected indices [N, 1] i32, got ${shapeOf(x)} ${x.dtype}`);
}

/** @returns how many images of this side the rows are. */
function expectImages(what: string, x: Tensor, side: number): number {
  const images = x.rows / (side * side);
  check(Number.isInteger(images), () => `${what}: ${x.rows} rows in images of side ${side}`);
  return images;
}

function expectVector({ name, shape }: Parameter, length: number): void {
  const fits = shape.length === 1 && shape[0] === length;
  check(fits, () => `${name}: expected [${length}], got [${shape.join(', ')}]`);
}
