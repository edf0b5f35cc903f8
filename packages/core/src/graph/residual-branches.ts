/**
 * The residual branches of a graph, of which each sum x + f(x) has one, and the graph without some of them.
 *
 * @see Huang et al. 2016, "Deep Networks with Stochastic Depth"
 */
import { type Graph, inOrder, operandsOf, type Tensor, withOperands } from './graph.ts';
import type { OperationOf } from './operation.ts';

/** A sum of which one term, x, is also what the other is made from. */
type ResidualSum = Tensor & { readonly operation: OperationOf<'add', Tensor, never> };

/** How many residual branches a graph has. */
export const residualBranches = (graph: Graph): number => residualSums(graph).length;

/**
 * A graph in which of some sums x + f(x) only x remains.
 *
 * @param dropped numbers of residual branches, from the input on.
 */
export function withoutBranches(graph: Graph, dropped: readonly number[]): Graph {
  const sums = residualSums(graph);
  const without = new Set<Tensor>(dropped.map((branch) => sums[branch]!));
  const rewritten = new Map<Tensor, Tensor>();
  for (const node of inOrder(graph)) {
    const { operation } = node;
    const kept = (operand: Tensor) => rewritten.get(operand)!;
    const isWithout = without.has(node) && operation.op === 'add';
    rewritten.set(node, isWithout ? kept(operation.x) : withOperands(node, node.rows, kept));
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
