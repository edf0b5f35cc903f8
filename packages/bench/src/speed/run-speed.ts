import { exportModel } from '../kit/engines/exported-model.ts';
import { describeMachine } from '../kit/machine.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import type { SpeedReport } from '../kit/reports/speed-report.ts';
import { higherPeaks, measurePeaks } from '../kit/timing/peaks.ts';
import type { SpeedRequest } from './request.ts';
import { SpeedRun } from './speed-run.ts';
import { planWorkloads } from './workload-plan.ts';

/**
 * Measures ClipQL and its peers on the same weights, in turns, each in a process of its own.
 *
 * @param progress told what happens, a line at a time.
 * @throws BenchError ENGINE_FAILED where ClipQL itself fails or gives wrong embeddings.
 */
export async function runSpeed(
  request: SpeedRequest,
  progress: (line: string) => void,
): Promise<SpeedReport> {
  const machine = describeMachine();
  const before = measurePeaks();
  const model = await benchModel(request.model);
  const needsExport = request.peers.some((peer) => peer !== 'clipql-gpu');
  const exported = !needsExport
    ? undefined
    : await exportModel(model, { ...request, keepIn: request.keepExports }, progress);
  try {
    const plan = await planWorkloads(request, model, progress);
    const run = new SpeedRun(request, model, exported, plan, progress);
    for (const threads of request.threads) await run.measure(threads);
    const peaks = higherPeaks(before, measurePeaks());
    return {
      machine,
      model: model.name,
      versions: run.versions,
      peaks,
      rounds: request.rounds,
      rows: run.rows(peaks),
      unavailable: run.unavailable,
    };
  } finally {
    await exported?.remove();
  }
}
