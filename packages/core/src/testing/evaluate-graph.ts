/**
 * Evaluates a graph as it was built: no plan, no fusion, no arena, all in float64. It shares no code
 * with the backends, which are compared with it.
 */
import type { Activation } from '../config/clip-config.ts';
import type { ImageWindow, Rectifier } from '../graph/forward-operands.ts';
import { type Graph, inOrder, matrixShape, type Parameter, type Tensor } from '../graph/graph.ts';
import {
  type ForwardOperation,
  isForward,
  type Operation,
  type OperationOf,
} from '../graph/operation.ts';
import { dot } from '../vectors.ts';

/** A matrix as an array of its rows. */
export type Matrix = readonly (readonly number[])[];

export interface GraphInputs {
  readonly inputs: Readonly<Record<string, Float32Array | Float64Array | Int32Array>>;
  readonly weights: (name: string) => Float32Array;
}

export function evaluateGraph(graph: Graph, given: GraphInputs): ReadonlyMap<string, Matrix> {
  const values = new Map<Tensor, Matrix>();
  const parameter = (p: Parameter): Matrix => {
    const { rows, columns } = matrixShape(p);
    return toMatrix(given.weights(p.name), rows, columns);
  };
  const vector = (p: Parameter): readonly number[] => [...given.weights(p.name)];
  for (const node of inOrder(graph)) {
    const { operation } = node;
    const value =
      operation.op === 'input'
        ? toMatrix(given.inputs[operation.name]!, node.rows, node.columns)
        : evaluate(forwardOnly(operation), (tensor) => values.get(tensor)!, parameter, vector);
    values.set(node, value);
  }
  return new Map([...graph.outputs].map(([name, node]) => [name, values.get(node)!]));
}

/** Backward passes are not evaluated, but compared with differences of forward passes. */
function forwardOnly(operation: Operation<Tensor, Parameter>): ForwardOperation<Tensor, Parameter> {
  if (isForward(operation)) return operation;
  throw new Error(`${operation.op}: expected a forward pass`);
}

function evaluate(
  operation: ForwardOperation<Tensor, Parameter>,
  value: (tensor: Tensor) => Matrix,
  matrix: (parameter: Parameter) => Matrix,
  vector: (parameter: Parameter) => readonly number[],
): Matrix {
  switch (operation.op) {
    case 'patches':
      return value(operation.x).flatMap((image) => patchesOf(image, operation));
    case 'embed': {
      const table = matrix(operation.table);
      return value(operation.ids).map(([id]) => table[id!]!);
    }
    case 'linear': {
      const weight = matrix(operation.weight);
      const bias = operation.bias === undefined ? weight.map(() => 0) : vector(operation.bias);
      return value(operation.x).map((row) => weight.map((w, n) => dot(row, w) + bias[n]!));
    }
    case 'gelu':
      return value(operation.x).map((row) => row.map((x) => x * GATES[operation.activation](x)));
    case 'layerNorm': {
      const weight = vector(operation.weight);
      const bias = vector(operation.bias);
      return value(operation.x).map((row) => {
        const mean = sum(row) / row.length;
        const variance = sum(row.map((x) => (x - mean) ** 2)) / row.length;
        const deviation = Math.sqrt(variance + operation.epsilon);
        return row.map((x, c) => ((x - mean) / deviation) * weight[c]! + bias[c]!);
      });
    }
    case 'relu':
      return value(operation.x).map((row) => row.map((x) => rectified(x, operation.activation)));
    case 'windows':
      return windowsOf(value(operation.x), operation.window).map((pixels) => pixels.flat());
    case 'depthwise': {
      const [weight, bias] = [matrix(operation.weight), vector(operation.bias)];
      return windowsOf(value(operation.x), operation.window).map((pixels) =>
        bias.map((b, c) => b + sum(pixels.map((pixel, i) => pixel[c]! * weight[i]![c]!))),
      );
    }
    case 'averagePool': {
      const { kernel, side } = operation;
      const outSide = Math.floor(side / kernel);
      const window = { side, kernel, stride: kernel, before: 0, outSide };
      return windowsOf(value(operation.x), window).map(meanOf);
    }
    case 'prependMean': {
      const { x, length } = operation;
      return chunks(value(x), length).flatMap((rows) => [meanOf(rows), ...rows]);
    }
    case 'attention':
      return attend(operation, value);
    case 'add': {
      const y = value(operation.y);
      return value(operation.x).map((row, r) => row.map((x, c) => x + y[r]![c]!));
    }
    case 'addTable': {
      const table = matrix(operation.table);
      return value(operation.x).map((row, r) =>
        row.map((x, c) => x + table[r % table.length]![c]!),
      );
    }
    case 'prepend': {
      const first = vector(operation.row);
      return value(operation.x).flatMap((row, r) =>
        r % operation.length === 0 ? [first, row] : [row],
      );
    }
    case 'select': {
      const x = value(operation.x);
      return value(operation.indices).map(([index]) => x[index!]!);
    }
    case 'l2Normalize':
      return value(operation.x).map((row) => {
        const length = Math.sqrt(dot(row, row)) || 1;
        return row.map((x) => x / length);
      });
  }
}

function patchesOf(
  image: readonly number[],
  { channels, imageSize, patchSize }: OperationOf<'patches', Tensor, Parameter>,
): number[][] {
  const starts = range(Math.floor(imageSize / patchSize)).map((i) => i * patchSize);
  return starts.flatMap((top) =>
    starts.map((left) =>
      range(channels).flatMap((channel) =>
        range(patchSize).flatMap((u) =>
          range(patchSize).map(
            (v) => image[(channel * imageSize + top + u) * imageSize + left + v]!,
          ),
        ),
      ),
    ),
  );
}

/** For each place of a window, its pixels line by line; zeros outside of the image. */
function windowsOf(x: Matrix, { side, kernel, stride, before, outSide }: ImageWindow): Matrix[] {
  const zeros = x[0]!.map(() => 0);
  const starts = range(outSide).map((i) => i * stride - before);
  return chunks(x, side * side).flatMap((image) => {
    const pixel = (line: number, column: number) =>
      line >= 0 && line < side && column >= 0 && column < side
        ? image[line * side + column]!
        : zeros;
    return starts.flatMap((top) =>
      starts.map((left) =>
        range(kernel).flatMap((u) => range(kernel).map((v) => pixel(top + u, left + v))),
      ),
    );
  });
}

const chunks = (rows: Matrix, length: number): Matrix[] =>
  range(rows.length / length).map((i) => rows.slice(i * length, (i + 1) * length));
const meanOf = (rows: Matrix): number[] =>
  rows[0]!.map((_, c) => sum(rows.map((row) => row[c]!)) / rows.length);
const rectified = (x: number, activation: Rectifier): number =>
  Math.max(0, activation === 'relu6' ? Math.min(6, x) : x);

function attend(
  {
    query,
    key,
    value: values,
    offsets,
    heads,
    causal,
    queries,
  }: OperationOf<'attention', Tensor, Parameter>,
  value: (tensor: Tensor) => Matrix,
): Matrix {
  const width = query.columns / heads;
  const [q, k, v] = [value(query), value(key), value(values)];
  const starts = value(offsets).map(([offset]) => offset!);
  return q.map((row, i) => {
    const sequence =
      queries === undefined ? starts.findLastIndex((start) => start <= i) : Math.floor(i / queries);
    const last = causal ? i + 1 : starts[sequence + 1]!;
    const seen = range(last - starts[sequence]!).map((j) => starts[sequence]! + j);
    return range(heads).flatMap((head) => {
      const columns = range(width).map((c) => head * width + c);
      const scores = seen.map(
        (j) => sum(columns.map((c) => row[c]! * k[j]![c]!)) / Math.sqrt(width),
      );
      const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
      return columns.map((c) => sum(seen.map((j, n) => weights[n]! * v[j]![c]!)) / sum(weights));
    });
  });
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** What each GELU multiplies x by. */
const GATES: Readonly<Record<Activation, (x: number) => number>> = {
  quick_gelu: (x) => sigmoid(1.702 * x),
  gelu: normalCdf,
  gelu_tanh: (x) => 0.5 + 0.5 * Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)),
};
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Φ(x) by Simpson's rule over [0, x], 2,000 intervals: slow, and unlike any kernel of ours. */
function normalCdf(x: number): number {
  const steps = 2000;
  const h = x / steps;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let total = density(0) + density(x);
  for (let i = 1; i < steps; i++) total += (i % 2 === 1 ? 4 : 2) * density(i * h);
  return 0.5 + (total * h) / 3;
}

function toMatrix(values: ArrayLike<number>, rows: number, columns: number): Matrix {
  return range(rows).map((r) => range(columns).map((c) => values[r * columns + c]!));
}
