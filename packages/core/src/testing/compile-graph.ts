import type { Backend, Executable, WeightReader } from '../backends/backend.ts';
import type { Graph } from '../graph/graph.ts';
import { planGraph, weightsOfGraphs } from '../graph/plan.ts';
import { noWeights } from './weight-reader.ts';

/** A graph on a backend, which loads its weights first. */
export async function compileGraph(
  backend: Backend,
  graph: Graph,
  weights: WeightReader = noWeights,
): Promise<Executable> {
  const loaded = await backend.load(weightsOfGraphs([graph]), weights);
  return loaded.compile(planGraph(graph));
}
