/**
 * The residual branches of a graph, the f of each x + f(x), and the graph with some of them dropped.
 *
 * @see Huang et al. 2016, "Deep Networks with Stochastic Depth"
 */
import { type Graph, inOrder, operandsOf, type Tensor, withOperands } from './graph.ts';
import type { OperationOf } from './operation.ts';

/** A sum x + f(x), with x as its first operand. */
type ResidualSum = Tensor & { readonly operation: OperationOf<'add', Tensor, never> };

/** How many residual branches a graph has. */
export const residualBranches = (graph: Graph): number => residualSums(graph).length;

/**
 * A graph in which some sums x + f(x) became x.
 *
 * @param dropped residual branches, counted from the input on.
 */
export function withoutBranches(graph: Graph, dropped: readonly number[]): Graph {
  const sums = residualSums(graph);
  const skips = new Map<Tensor, Tensor>();
  for (const branch of dropped) skips.set(sums[branch]!, sums[branch]!.operation.x);
  const rewritten = new Map<Tensor, Tensor>();
  for (const node of inOrder(graph)) {
    const kept = (operand: Tensor) => rewritten.get(operand)!;
    const skip = skips.get(node);
    rewritten.set(node, skip === undefined ? withOperands(node, node.rows, kept) : kept(skip));
  }
  const outputs = [...graph.outputs].map(([name, node]) => [name, rewritten.get(node)!] as const);
  return { outputs: new Map(outputs) };
}

/** From the input on. */
const residualSums = (graph: Graph): readonly ResidualSum[] => inOrder(graph).filter(isResidual);

function isResidual(node: Tensor): node is ResidualSum {
  const { operation } = node;
  if (operation.op !== 'add') return false;
  const { x, y } = operation;
  // Of the last block some rows are enough: its x is a choice of what the branch is made from.
  const source = x.operation.op === 'select' ? x.operation.x : x;
  return isMadeFrom(y, source, new Set());
}

function isMadeFrom(node: Tensor, source: Tensor, seen: Set<Tensor>): boolean {
  if (node === source) return true;
  if (seen.has(node)) return false;
  seen.add(node);
  return operandsOf(node).some((operand) => isMadeFrom(operand, source, seen));
}
