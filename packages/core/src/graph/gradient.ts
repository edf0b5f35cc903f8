/**
 * Reverse-mode differentiation of a graph, its weights held fixed: the graph of the vector–Jacobian product.
 *
 * The forward and the backward pass are one graph. So the arena keeps what the backward pass reads until it has been
 * read, and the plan fuses what only the forward pass needs.
 *
 * @see Griewank & Walther 2008, "Evaluating Derivatives", section 3.2
 */
import { type Graph, inOrder, operandsOf, type Parameter, type Tensor, tensor } from './graph.ts';
import {
  type ForwardOperationName,
  type GradientOperationName,
  isForward,
  type Operation,
  type OperationOf,
} from './operation.ts';
import { selectEarly } from './select-early.ts';

/** The input that holds what is multiplied with the Jacobian, and the output that holds the product. */
export const COTANGENT = 'cotangent';
export const GRADIENT = 'gradient';

/**
 * Extends a graph by the vector–Jacobian product of one of its outputs.
 *
 * @param of an output, [R, C]. The new input `cotangent`, [R, C], is the gradient of a number by it.
 * @param by a float32 input, [Q, D]. The new output `gradient`, [Q, D], is the gradient of that number by it.
 * @throws RangeError where the output does not depend on the input, or for causal attention.
 */
export function gradientGraph(graph: Graph, { of, by }: { of: string; by: string }): Graph {
  const forward = selectEarly(graph);
  const output = forward.outputs.get(of);
  if (output === undefined) throw new RangeError(`the graph has no output ${of}`);
  const { rows, columns } = output;
  const cotangent = tensor(rows, columns, { op: 'input', name: COTANGENT });
  const gradient = backward(output, by, cotangent);
  return { outputs: new Map([...forward.outputs, [GRADIENT, gradient]]) };
}

/** A term of an operand's gradient, made only where the operand depends on the input. */
type Term = readonly [operand: Tensor, gradient: () => Tensor];

function backward(output: Tensor, by: string, cotangent: Tensor): Tensor {
  const nodes = inOrder({ outputs: new Map([['', output]]) });
  const dependent = dependentOn(by, nodes);
  const gradients = new Map<Tensor, Tensor>();
  if (dependent.has(output)) gradients.set(output, cotangent);
  for (const node of [...nodes].reverse()) {
    const gradient = gradients.get(node);
    if (gradient === undefined) continue;
    if (node.operation.op === 'input') return gradient;
    for (const [operand, term] of termsOf(node.operation, node, gradient)) {
      if (!dependent.has(operand)) continue;
      const sum = gradients.get(operand);
      gradients.set(operand, sum === undefined ? term() : add(sum, term()));
    }
  }
  throw new RangeError(`expected an output that depends on the input ${by}, got one that does not`);
}

function dependentOn(input: string, nodes: readonly Tensor[]): ReadonlySet<Tensor> {
  const dependent = new Set<Tensor>();
  for (const node of nodes) {
    const { operation } = node;
    const isInput = operation.op === 'input' && operation.name === input;
    if (isInput || operandsOf(node).some((operand) => dependent.has(operand))) dependent.add(node);
  }
  return dependent;
}

const add = (x: Tensor, y: Tensor): Tensor => tensor(x.rows, x.columns, { op: 'add', x, y });

/** A tensor of the same shape as another. */
const like = ({ rows, columns }: Tensor, operation: Operation<Tensor, Parameter>): Tensor =>
  tensor(rows, columns, operation);

type Forward<Name extends ForwardOperationName> = OperationOf<Name, Tensor, Parameter>;

/** The products of a gradient with an operation's Jacobians. @param result what the operation gave. */
type Terms<Name extends ForwardOperationName> = (
  operation: Forward<Name>,
  gradient: Tensor,
  result: Tensor,
) => readonly Term[];

const TERMS: { readonly [Name in ForwardOperationName]: Terms<Name> } = {
  patches: transposed('patchesTranspose'),
  windows: transposed('windowsTranspose'),
  averagePool: transposed('averagePoolTranspose'),
  prepend: transposed('prependTranspose'),
  prependMean: transposed('prependMeanTranspose'),
  select: transposed('selectTranspose'),
  depthwise: ({ x, weight, window }, gradient) => [
    [x, () => like(x, { op: 'depthwiseTranspose', x: gradient, weight, window })],
  ],
  linear: ({ x, weight }, gradient) => [
    [x, () => like(x, { op: 'linearTranspose', x: gradient, weight, residual: undefined })],
  ],
  embed: () => [],
  add: ({ x, y }, gradient) => [
    [x, () => gradient],
    [y, () => gradient],
  ],
  addTable: ({ x }, gradient) => [[x, () => gradient]],
  gelu: ({ x, activation }, gradient) => [
    [x, () => like(x, { op: 'geluGradient', gradient, x, activation })],
  ],
  relu: ({ x, activation }, gradient, y) => [
    [x, () => like(x, { op: 'reluGradient', gradient, y, activation })],
  ],
  layerNorm: ({ x, weight, epsilon }, gradient) => [
    [x, () => like(x, { op: 'layerNormGradient', gradient, x, weight, epsilon })],
  ],
  l2Normalize: ({ x }, gradient) => [
    [x, () => like(x, { op: 'l2NormalizeGradient', gradient, x })],
  ],
  attention: attentionTerms,
};

/** The operations whose transposes are told the same as they are. */
type SelfTransposed = Exclude<
  Extract<GradientOperationName, `${ForwardOperationName}Transpose`>,
  'linearTranspose' | 'depthwiseTranspose'
>;

function transposed(op: SelfTransposed) {
  return <Read extends { readonly x: Tensor }>(
    operation: Read,
    gradient: Tensor,
  ): readonly Term[] => {
    const { x } = operation;
    const pulled = { ...operation, op, x: gradient } as unknown as Operation<Tensor, Parameter>;
    return [[x, () => like(x, pulled)]];
  };
}

/**
 * With P the shares, S the scores and d the columns of a head:
 *
 *     dV = Pᵀ·dO    dS = P ∘ (dO·Vᵀ − rowsum(P ∘ dO·Vᵀ)) / sqrt(d)    dQ = dS·K    dK = dSᵀ·Q
 */
function attentionTerms(operation: Forward<'attention'>, gradient: Tensor): readonly Term[] {
  const { query, key, value, causal, ...attending } = operation;
  if (causal) throw new RangeError('expected no causal attention, which has no gradient');
  const { heads, longest } = attending;
  const width = heads * longest;
  const shares = tensor(query.rows, width, { ...attending, op: 'attentionWeights', query, key });
  const scores = tensor(query.rows, width, {
    ...attending,
    op: 'attentionScoreGradient',
    gradient,
    shares,
    value,
  });
  return [
    [query, () => like(query, { ...attending, op: 'attentionMix', shares: scores, x: key })],
    [key, () => like(key, { ...attending, op: 'attentionMixTranspose', x: query, shares: scores })],
    [value, () => like(value, { ...attending, op: 'attentionMixTranspose', x: gradient, shares })],
  ];
}

function termsOf(
  operation: Operation<Tensor, Parameter>,
  result: Tensor,
  gradient: Tensor,
): readonly Term[] {
  if (!isForward(operation)) {
    throw new RangeError(`${operation.op} is an operation of a gradient, and has none of its own`);
  }
  const terms = TERMS[operation.op] as Terms<ForwardOperationName>;
  return terms(operation as Forward<ForwardOperationName>, gradient, result);
}
