import type { EngineName } from '../kit/engines/engine.ts';
import { EngineClient } from '../kit/engines/engine-client.ts';
import { LABELS, type Workload } from '../kit/engines/workload.ts';
import type { BenchModel } from '../kit/models/bench-model.ts';
import { textSizes } from '../kit/models/clip-sizes.ts';
import type { SpeedRequest } from './request.ts';

/** What is to be measured, and what comes out of it. */
export interface WorkloadPlan {
  readonly workloads: readonly PlannedWorkload[];
}

interface PlannedWorkload {
  readonly workload: Workload;
  /** The same padded to the whole context, as OpenAI's code pads; the native peer alone runs it. */
  readonly wholeContext: Workload | undefined;
  /** ClipQL's embeddings in f32, [B, E]; `bench parity` shows that those are right. */
  readonly expected: Float32Array;
}

/** What an engine is given: texts padded to the longest of the batch, if it pads. */
export const workloadsFor = (
  engine: EngineName,
  { workload, wholeContext }: PlannedWorkload,
): readonly Workload[] =>
  engine === 'onnxruntime-node' && wholeContext !== undefined
    ? [workload, wholeContext]
    : [workload];

/** Makes the workloads, with a ClipQL of its own that tokenizes and gives the embeddings. */
export async function planWorkloads(
  { model, batches, towers }: Pick<SpeedRequest, 'model' | 'batches' | 'towers'>,
  { config }: BenchModel,
  progress: (line: string) => void,
): Promise<WorkloadPlan> {
  progress('computing what every engine must give');
  const spec = {
    engine: 'clipql',
    precision: 'f32',
    threads: 1,
    model,
    exported: '',
    towers,
  } as const;
  const client = await EngineClient.start(spec);
  try {
    const workloads: PlannedWorkload[] = [];
    const add = async (ours: Workload, wholeContext?: Workload) => {
      workloads.push({
        workload: ours,
        wholeContext,
        expected: await client.ask({ kind: 'embed', workload: ours }),
      });
    };
    if (towers.includes('image')) {
      for (const batch of batches) {
        const workload = { tower: 'image', batch } as const;
        await add(workload);
      }
    }
    if (towers.includes('text')) {
      const texts = LABELS.map((label) => `a photo of a ${label}.`);
      const ids = await client.ask({ kind: 'tokenize', texts });
      const longest = Math.max(...ids.map((text) => text.length));
      const context = textSizes(config).max_position_embeddings;
      const text = { tower: 'text', ids } as const;
      await add({ ...text, padTo: longest }, { ...text, padTo: context });
    }
    return { workloads };
  } finally {
    client.close();
  }
}
