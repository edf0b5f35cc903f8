import { type Graph, inOrder, type Operation, operandsOf, type Tensor, tensor } from './graph.ts';

/**
 * Moves each `select` towards the inputs, past the operations that treat every row alike, as far
 * as no other operation needs the rows that it drops. In CLIP the last block's output projection
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
      isRowWise(node.operation) && !wholly.has(node)
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
    } else if (wholly.has(node) || !isRowWise(node.operation)) {
      for (const operand of operandsOf(node.operation)) wholly.add(operand);
    }
  }
  return wholly;
}

/** Whether row r of the result depends on row r of the operands alone, whatever r is. */
function isRowWise({ op }: Operation): boolean {
  return (
    op === 'linear' || op === 'gelu' || op === 'layerNorm' || op === 'add' || op === 'l2Normalize'
  );
}

/** The same operation on other operands. */
function withOperands(node: Tensor, rows: number, map: (operand: Tensor) => Tensor): Tensor {
  const operation = mapOperands(node.operation, map);
  return tensor(rows, node.columns, operation, node.dtype);
}

function mapOperands(operation: Operation, map: (operand: Tensor) => Tensor): Operation {
  switch (operation.op) {
    case 'input':
      return operation;
    case 'embed':
      return { ...operation, ids: map(operation.ids) };
    case 'attention':
      return {
        ...operation,
        query: map(operation.query),
        key: map(operation.key),
        value: map(operation.value),
        offsets: map(operation.offsets),
      };
    case 'add':
      return { ...operation, x: map(operation.x), y: map(operation.y) };
    case 'select':
      return { ...operation, x: map(operation.x), indices: map(operation.indices) };
    default:
      return { ...operation, x: map(operation.x) };
  }
}
