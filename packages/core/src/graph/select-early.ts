import { type Graph, inOrder, operandsOf, type Tensor, tensor, withOperands } from './graph.ts';
import { OPERATIONS } from './operation.ts';

/**
 * Moves each `select` towards the inputs, past the operations that treat every row alike, as far
 * as no other operation needs the rows that it drops. In CLIP’s text tower the last block's output projection
 * and MLP, and the norm after it, are then computed for one row a sequence in place of all.
 */
export function selectEarly(graph: Graph): Graph {
  const wholly = neededWholly(graph);
  const rewritten = new Map<Tensor, Tensor>();
  const selected = new Map<Tensor, Map<Tensor, Tensor>>();

  const rewrite = (node: Tensor): Tensor => {
    const known = rewritten.get(node);
    if (known !== undefined) return known;
    const { operation } = node;
    const result =
      operation.op === 'select'
        ? select(operation.x, operation.indices)
        : withOperands(node, node.rows, rewrite);
    rewritten.set(node, result);
    return result;
  };

  const select = (node: Tensor, indices: Tensor): Tensor => {
    const forNode = selected.get(node) ?? new Map<Tensor, Tensor>();
    selected.set(node, forNode);
    const known = forNode.get(indices);
    if (known !== undefined) return known;
    const result =
      isRowWise(node) && !wholly.has(node)
        ? withOperands(node, indices.rows, (operand) => select(operand, indices))
        : tensor(indices.rows, node.columns, {
            op: 'select',
            x: rewrite(node),
            indices: rewrite(indices),
          });
    forNode.set(indices, result);
    return result;
  };

  const outputs = new Map([...graph.outputs].map(([name, node]) => [name, rewrite(node)]));
  return { outputs };
}

/** The tensors of which some operation needs all rows. */
function neededWholly(graph: Graph): ReadonlySet<Tensor> {
  const wholly = new Set<Tensor>(graph.outputs.values());
  for (const node of [...inOrder(graph)].reverse()) {
    if (node.operation.op === 'select') {
      wholly.add(node.operation.indices);
    } else if (wholly.has(node) || !isRowWise(node)) {
      for (const operand of operandsOf(node)) wholly.add(operand);
    }
  }
  return wholly;
}

const isRowWise = ({ operation }: Tensor): boolean =>
  operation.op !== 'input' && OPERATIONS[operation.op].rowWise;
