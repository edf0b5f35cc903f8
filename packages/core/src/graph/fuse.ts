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
type LinearTranspose = OperationOf<'linearTranspose', Tensor, Parameter>;
type Depthwise = OperationOf<'depthwise', Tensor, Parameter>;
type Attention = OperationOf<'attention', Tensor, Parameter>;

/**
 * Turns a graph into steps. These patterns become one step each, where nothing else uses what
 * lies between:
 *
 *     gelu(linear(x)), relu(linear(x))                  activation
 *     relu(depthwise(x))                                activation
 *     linear(x) + y, or y + linear(x)                   residual, of linearTranspose too
 *
 * The layers in them are absorbed: met in the order of the graph they give no step, and the
 * operation that uses them emits it. The projections of an attention become one step, whatever else
 * uses them:
 *
 *     attention(linear(x), linear(x), linear(x), …)     one product with the three weights stacked
 *     attention(q, linear(x), linear(x), …)             one product with the two weights stacked
 *
 * All else becomes a step of its own.
 */
export function fuse(graph: Graph): FusedGraph {
  const nodes = inOrder(graph);
  const uses = countUses(graph, nodes);
  const values = new Map<Tensor, Value>();
  const steps: Step<Value>[] = [];
  const inputs = new Map<string, { value: Value; dtype: 'f32' | 'i32' }>();
  const absorbed = absorbedLayers(nodes, uses);
  const stacks = stackedProjections(nodes);

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
    const stack = stacks.get(node);
    if (stack !== undefined) {
      if (!values.has(node)) emitProjections(stack);
      continue;
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
  const isUsedOnce = (node: Tensor, ...ops: readonly Source['op'][]) =>
    ops.includes(node.operation.op) && uses.get(node) === 1;
  for (const { operation } of nodes) {
    if (operation.op === 'gelu' && isUsedOnce(operation.x, 'linear')) absorbed.add(operation.x);
    if (operation.op === 'relu' && isUsedOnce(operation.x, 'linear', 'depthwise')) {
      absorbed.add(operation.x);
    }
    if (operation.op === 'add') {
      const { x, y } = operation;
      const product = [y, x].find((node) => isUsedOnce(node, 'linear', 'linearTranspose'));
      if (product !== undefined) absorbed.add(product);
    }
  }
  return absorbed;
}

/** The projections of attentions that can be one step, each with all of that step. */
function stackedProjections(nodes: readonly Tensor[]): ReadonlyMap<Tensor, readonly Tensor[]> {
  const stacks = new Map<Tensor, readonly Tensor[]>();
  for (const { operation } of nodes) {
    if (operation.op !== 'attention') continue;
    const all = projectionsOf(operation);
    const stack = [all, all.slice(1)].find(
      (some) => canBeOneLinear(some) && !some.some((node) => stacks.has(node)),
    );
    for (const node of stack ?? []) stacks.set(node, stack!);
  }
  return stacks;
}

const projectionsOf = ({ query, key, value }: Attention): readonly Tensor[] => [query, key, value];

function canBeOneLinear(projections: readonly Tensor[]): boolean {
  const operations = projections.map(({ operation }) => operation);
  const linears = operations.filter((operation) => operation.op === 'linear');
  if (linears.length < projections.length || new Set(projections).size < projections.length) {
    return false;
  }
  const [first] = linears;
  return linears.every(
    ({ x, bias }) => x === first!.x && (bias === undefined) === (first!.bias === undefined),
  );
}

/** The layer that an operation is part of, with what the operation does to its result. */
function absorbedBy(
  operation: Source,
  absorbed: ReadonlySet<Tensor>,
): Linear | LinearTranspose | Depthwise | undefined {
  if (operation.op === 'gelu' && absorbed.has(operation.x)) {
    return { ...(operation.x.operation as Linear), activation: operation.activation };
  }
  if (operation.op === 'relu' && absorbed.has(operation.x)) {
    const layer = operation.x.operation as Linear | Depthwise;
    return { ...layer, activation: operation.activation };
  }
  if (operation.op === 'add') {
    const { x, y } = operation;
    if (absorbed.has(y)) return { ...(y.operation as Linear | LinearTranspose), residual: x };
    if (absorbed.has(x)) return { ...(x.operation as Linear | LinearTranspose), residual: y };
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
