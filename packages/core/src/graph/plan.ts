import { layOutArena } from './arena.ts';
import { fuse, type Value } from './fuse.ts';
import type { Graph } from './graph.ts';
import { weightsOf } from './operation.ts';
import { selectEarly } from './select-early.ts';
import { mapStep, type Slot, type Step } from './step.ts';
import type { Weight } from './weight.ts';

interface PlanInput extends Slot {
  readonly dtype: 'f32' | 'i32';
}

/**
 * A graph made ready to run: a flat list of steps over one arena. The same plan runs on every
 * backend that has loaded the weights of {@link weightsOfGraphs}.
 */
export interface Plan {
  readonly steps: readonly Step[];
  readonly inputs: ReadonlyMap<string, PlanInput>;
  readonly outputs: ReadonlyMap<string, Slot>;
  /** Size of the arena in words of four bytes. */
  readonly arenaWords: number;
}

/** Plans a graph: selects early, fuses, and gives every matrix its place. */
export function planGraph(graph: Graph): Plan {
  const fused = fuse(selectEarly(graph));
  const arena = layOutArena(fused);
  const slotOf = ({ buffer, rows, columns, column }: Value): Slot => ({
    offset: arena.offsets.get(buffer)! + column,
    rows,
    columns,
    pitch: buffer.columns,
  });
  const steps = fused.steps.map((step) => mapStep(step, slotOf));
  return {
    steps,
    inputs: new Map(
      [...fused.inputs].map(([name, { value, dtype }]) => [name, { ...slotOf(value), dtype }]),
    ),
    outputs: new Map([...fused.outputs].map(([name, value]) => [name, slotOf(value)])),
    arenaWords: arena.words,
  };
}

/** The weights that these graphs' plans read, each once: the same for every batch size. */
export function weightsOfGraphs(graphs: readonly Graph[]): readonly Weight[] {
  const steps = graphs.flatMap((graph) => fuse(selectEarly(graph)).steps);
  return [...new Map(steps.flatMap(weightsOf).map((weight) => [weight.key, weight])).values()];
}
