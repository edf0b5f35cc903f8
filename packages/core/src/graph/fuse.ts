import {
  type Graph,
  inOrder,
  operandsOf,
  type Parameter,
  type Source,
  type Tensor,
} from './graph.ts';
import { mapOperands, type Operation, type OperationOf, type WeightRole } from './operation.ts';
import type { Step } from './step.ts';
import { stackedWeight } from './weight.ts';

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

type Linear = OperationOf<'linear', Tensor, Parameter>;
type Depthwise = OperationOf<'depthwise', Tensor, Parameter>;
type Attention = OperationOf<'attention', Tensor, Parameter>;

/**
 * Turns a graph into steps. These patterns become one step each, where nothing else uses what
 * lies between:
 *
 *     gelu(linear(x)), relu(linear(x))                  activation
 *     relu(depthwise(x))                                activation
 *     linear(x) + y, or y + linear(x)                   residual
 *     attention(linear(x), linear(x), linear(x), …)     one product with the three weights stacked
 *     attention(q, linear(x), linear(x), …)             one product with the two weights stacked
 *
 * The layers in them are absorbed: met in the order of the graph they give no step, and the
 * operation that uses them emits it. All else becomes a step of its own.
 */
export function fuse(graph: Graph): FusedGraph {
  const nodes = inOrder(graph);
  const uses = countUses(graph, nodes);
  const values = new Map<Tensor, Value>();
  const steps: Step<Value>[] = [];
  const inputs = new Map<string, { value: Value; dtype: 'f32' | 'i32' }>();
  const absorbed = absorbedLayers(nodes, uses);

  const valueFor = (node: Tensor): Value => {
    const value = values.get(node);
    if (value === undefined) throw new Error(`${node.operation.op}: used before it is made`);
    return value;
  };

  const emit = (operation: Operation<Tensor, Parameter>, out: Value): void => {
    const weightFor = (parameter: Parameter, role: WeightRole) => stackedWeight([parameter], role);
    steps.push({ ...mapOperands(operation, valueFor, weightFor), out });
  };

  /** A buffer of its own for a result. */
  const define = (node: Tensor): Value => {
    const value = wholeBuffer(node.rows, node.columns);
    values.set(node, value);
    return value;
  };

  /** One linear layer for projections of one matrix; each is a part of its columns. */
  const emitProjections = (projections: readonly Tensor[]): void => {
    const linears = projections.map((node) => node.operation as Linear);
    const { rows, columns } = projections[0]!;
    const all = wholeBuffer(rows, projections.length * columns);
    steps.push({ ...stackLinears(linears, valueFor), out: all });
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
    if (operation.op === 'attention') {
      const projections = projectionsOf(operation).filter((projection) => absorbed.has(projection));
      if (projections.length > 0) emitProjections(projections);
    }
    emit(absorbedBy(operation, absorbed) ?? operation, define(node));
  }
  const outputs = new Map([...graph.outputs].map(([name, node]) => [name, valueFor(node)]));
  return { steps, inputs, outputs };
}

/** The layers of the patterns, each with one user alone. */
function absorbedLayers(
  nodes: readonly Tensor[],
  uses: ReadonlyMap<Tensor, number>,
): ReadonlySet<Tensor> {
  const absorbed = new Set<Tensor>();
  const isAbsorbable = (node: Tensor) => node.operation.op === 'linear' && uses.get(node) === 1;
  const isDepthwise = (node: Tensor) => node.operation.op === 'depthwise' && uses.get(node) === 1;
  for (const { operation } of nodes) {
    if (operation.op === 'gelu' && isAbsorbable(operation.x)) absorbed.add(operation.x);
    if (operation.op === 'relu' && (isAbsorbable(operation.x) || isDepthwise(operation.x))) {
      absorbed.add(operation.x);
    }
    if (operation.op === 'add') {
      const linear = [operation.y, operation.x].find(isAbsorbable);
      if (linear !== undefined) absorbed.add(linear);
    }
    if (operation.op === 'attention') {
      const all = projectionsOf(operation);
      const stackable = [all, all.slice(1)].find(
        (projections) => projections.every(isAbsorbable) && canBeOneLinear(projections),
      );
      for (const node of stackable ?? []) absorbed.add(node);
    }
  }
  return absorbed;
}

const projectionsOf = ({ query, key, value }: Attention): readonly Tensor[] => [query, key, value];

function canBeOneLinear(projections: readonly Tensor[]): boolean {
  const linears = projections.map((node) => node.operation as Linear);
  const [first] = linears;
  return linears.every(
    ({ x, bias }) => x === first!.x && (bias === undefined) === (first!.bias === undefined),
  );
}

/** The layer that an operation is part of, with what the operation does to its result. */
function absorbedBy(
  operation: Source,
  absorbed: ReadonlySet<Tensor>,
): Linear | Depthwise | undefined {
  if (operation.op === 'gelu' && absorbed.has(operation.x)) {
    return { ...(operation.x.operation as Linear), activation: operation.activation };
  }
  if (operation.op === 'relu' && absorbed.has(operation.x)) {
    const layer = operation.x.operation as Linear | Depthwise;
    return { ...layer, activation: operation.activation };
  }
  if (operation.op === 'add') {
    const { x, y } = operation;
    if (absorbed.has(y)) return { ...(y.operation as Linear), residual: x };
    if (absorbed.has(x)) return { ...(x.operation as Linear), residual: y };
  }
  return undefined;
}

/** Linear layers of one matrix as one, their columns side by side. */
function stackLinears(linears: readonly Linear[], valueFor: (node: Tensor) => Value) {
  const [first] = linears;
  return mapOperands(first!, valueFor, (parameter, role) =>
    stackedWeight(
      linears.map(({ weight, bias }) => (parameter === first!.weight ? weight : bias!)),
      role,
    ),
  );
}

function countUses(graph: Graph, nodes: readonly Tensor[]): ReadonlyMap<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const count = (node: Tensor) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of nodes) operandsOf(node).forEach(count);
  for (const node of graph.outputs.values()) count(node);
  return uses;
}

const wholeBuffer = (rows: number, columns: number): Value => ({
  buffer: { rows, columns },
  rows,
  columns,
  column: 0,
});
