import type { Activation } from '../config/clip-config.ts';
import {
  type Graph,
  inOrder,
  matrixShape,
  type Operation,
  operandsOf,
  type Parameter,
  type Tensor,
} from './graph.ts';
import type { PackedWeight, Step } from './step.ts';

/** A matrix before it has a place: some columns of a buffer that some step fills. */
export interface Value {
  readonly buffer: Buffer;
  readonly rows: number;
  readonly columns: number;
  /** The first of its columns in the buffer. */
  readonly column: number;
}

/** Memory for one step's result or one input, rows × columns words. */
export interface Buffer {
  readonly rows: number;
  readonly columns: number;
}

export interface FusedGraph {
  readonly steps: readonly Step<Value>[];
  readonly inputs: ReadonlyMap<string, { readonly value: Value; readonly dtype: 'f32' | 'i32' }>;
  readonly outputs: ReadonlyMap<string, Value>;
}

type LinearOperation = Extract<Operation, { op: 'linear' }>;
type AttentionOperation = Extract<Operation, { op: 'attention' }>;

/**
 * Turns a graph into steps. Three patterns become one linear step each, where nothing else uses what
 * lies between:
 *
 *     gelu(linear(x))                                   activation
 *     linear(x) + y, or y + linear(x)                   residual
 *     attention(linear(x), linear(x), linear(x), …)     one product with the three weights stacked
 *
 * The linear layers in them are absorbed: met in the order of the graph they give no step, and the
 * operation that uses them emits it. All else becomes a step of its own.
 */
export function fuse(graph: Graph): FusedGraph {
  const nodes = inOrder(graph);
  const uses = countUses(graph, nodes);
  const values = new Map<Tensor, Value>();
  const steps: Step<Value>[] = [];
  const inputs = new Map<string, { value: Value; dtype: 'f32' | 'i32' }>();
  const absorbed = absorbedLinears(nodes, uses);

  const valueFor = (node: Tensor): Value => {
    const value = values.get(node);
    if (value === undefined) throw new Error(`${node.operation.op}: used before it is made`);
    return value;
  };

  /** The step of a linear layer, with what else it does to its result. */
  const emitLinear = (
    operation: LinearOperation,
    out: Tensor,
    { activation, residual }: { activation?: Activation; residual?: Tensor },
  ): void => {
    steps.push({
      op: 'linear',
      x: valueFor(operation.x),
      weight: packed([operation.weight]),
      bias: operation.bias && packed([operation.bias]),
      activation,
      residual: residual && valueFor(residual),
      out: define(out),
    });
  };

  /** A buffer of its own for a result. */
  const define = (node: Tensor): Value => {
    const value = wholeBuffer(node.rows, node.columns);
    values.set(node, value);
    return value;
  };

  /** One linear layer [N, 3·D]; query, key and value are thirds of its columns. */
  const emitProjections = (operation: AttentionOperation): void => {
    const projections = [operation.query, operation.key, operation.value];
    const linears = projections.map((node) => node.operation as LinearOperation);
    const biases = linears.flatMap(({ bias }) => (bias === undefined ? [] : [bias]));
    const { rows, columns } = operation.query;
    const all = wholeBuffer(rows, 3 * columns);
    steps.push({
      op: 'linear',
      x: valueFor(linears[0]!.x),
      weight: packed(linears.map(({ weight }) => weight)),
      bias: biases.length === 0 ? undefined : packed(biases),
      activation: undefined,
      residual: undefined,
      out: all,
    });
    projections.forEach((node, i) => {
      values.set(node, { buffer: all.buffer, rows, columns, column: i * columns });
    });
  };

  for (const node of nodes) {
    const { operation } = node;
    if (operation.op === 'input') {
      inputs.set(operation.name, { value: define(node), dtype: node.dtype });
      continue;
    }
    if (absorbed.has(node)) continue;
    const taken = absorbedBy(operation, absorbed);
    if (taken !== undefined) {
      emitLinear(taken.linear, node, taken);
      continue;
    }
    if (operation.op === 'attention' && absorbed.has(operation.query)) emitProjections(operation);
    if (operation.op === 'linear') emitLinear(operation, node, {});
    else steps.push(plainStep(operation, valueFor, define(node)));
  }
  const outputs = new Map([...graph.outputs].map(([name, node]) => [name, valueFor(node)]));
  return { steps, inputs, outputs };
}

/** The linear layers of the three patterns, each with one user alone. */
function absorbedLinears(
  nodes: readonly Tensor[],
  uses: ReadonlyMap<Tensor, number>,
): ReadonlySet<Tensor> {
  const absorbed = new Set<Tensor>();
  const isAbsorbable = (node: Tensor) => node.operation.op === 'linear' && uses.get(node) === 1;
  for (const { operation } of nodes) {
    if (operation.op === 'gelu' && isAbsorbable(operation.x)) absorbed.add(operation.x);
    if (operation.op === 'add') {
      const linear = [operation.y, operation.x].find(isAbsorbable);
      if (linear !== undefined) absorbed.add(linear);
    }
    if (operation.op === 'attention') {
      const projections = [operation.query, operation.key, operation.value];
      if (projections.every(isAbsorbable) && canBeOneLinear(projections)) {
        for (const node of projections) absorbed.add(node);
      }
    }
  }
  return absorbed;
}

function canBeOneLinear(projections: readonly Tensor[]): boolean {
  const linears = projections.map((node) => node.operation as LinearOperation);
  const [first] = linears;
  return linears.every(
    ({ x, bias }) => x === first!.x && (bias === undefined) === (first!.bias === undefined),
  );
}

/** The linear layer that this operation's step computes too, and what it does to the result. */
function absorbedBy(operation: Operation, absorbed: ReadonlySet<Tensor>) {
  if (operation.op === 'gelu' && absorbed.has(operation.x)) {
    const linear = operation.x.operation as LinearOperation;
    return { linear, activation: operation.activation };
  }
  if (operation.op === 'add') {
    const { x, y } = operation;
    if (absorbed.has(y)) return { linear: y.operation as LinearOperation, residual: x };
    if (absorbed.has(x)) return { linear: x.operation as LinearOperation, residual: y };
  }
  return undefined;
}

function plainStep(
  operation: Exclude<Operation, { op: 'input' | 'linear' }>,
  valueFor: (node: Tensor) => Value,
  out: Value,
): Step<Value> {
  switch (operation.op) {
    case 'embed':
      return { op: 'embed', table: packed([operation.table]), ids: valueFor(operation.ids), out };
    case 'layerNorm': {
      const { weight, bias, epsilon } = operation;
      const x = valueFor(operation.x);
      return { op: 'layerNorm', x, weight: packed([weight]), bias: packed([bias]), epsilon, out };
    }
    case 'attention':
      return {
        ...operation,
        query: valueFor(operation.query),
        key: valueFor(operation.key),
        value: valueFor(operation.value),
        offsets: valueFor(operation.offsets),
        out,
      };
    case 'add':
      return { op: 'add', x: valueFor(operation.x), y: valueFor(operation.y), out };
    case 'addTable':
      return { op: 'addTable', x: valueFor(operation.x), table: packed([operation.table]), out };
    case 'prepend':
      return { ...operation, x: valueFor(operation.x), row: packed([operation.row]), out };
    case 'select':
      return { op: 'select', x: valueFor(operation.x), indices: valueFor(operation.indices), out };
    default:
      return { ...operation, x: valueFor(operation.x), out };
  }
}

function countUses(graph: Graph, nodes: readonly Tensor[]): ReadonlyMap<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const count = (node: Tensor) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of nodes) operandsOf(node.operation).forEach(count);
  for (const node of graph.outputs.values()) count(node);
  return uses;
}

function packed(parameters: readonly Parameter[]): PackedWeight {
  const named = parameters.map((p) => ({ name: p.name, rows: matrixShape(p).rows }));
  return {
    parameters: named,
    rows: named.reduce((sum, { rows }) => sum + rows, 0),
    columns: matrixShape(parameters[0]!).columns,
  };
}

const wholeBuffer = (rows: number, columns: number): Value => ({
  buffer: { rows, columns },
  rows,
  columns,
  column: 0,
});
