import { describeMachine, type Machine } from '../machine.ts';
import type { Precision } from '../parity/engine.ts';
import { type BenchModel, benchModel } from './bench-model.ts';
import { checkSameEmbeddings } from './check.ts';
import type { EngineName, EngineSpec, Peer } from './engine.ts';
import { EngineClient } from './engine-client.ts';
import { type ExportedModel, exportModel } from './exported-model.ts';
import { executedTokens, operationsOf, realTokens } from './operations.ts';
import { higherPeaks, measurePeaks, type Peaks } from './peaks.ts';
import { type SpeedRow, speedRow } from './row.ts';
import { type Part, type TurnOptions, takeTurns } from './turns.ts';
import { batchOf, type Workload } from './workload.ts';
import { planWorkloads, type WorkloadPlan, workloadsFor } from './workload-plan.ts';

export interface SpeedRequest extends TurnOptions {
  readonly model: string;
  readonly batches: readonly number[];
  readonly threads: readonly number[];
  readonly peers: readonly Peer[];
  readonly precisions: readonly Precision[];
  readonly towers: readonly Workload['tower'][];
  /** Where the ONNX files are kept; a temporary folder unless given. */
  readonly keepExports: string | undefined;
}

/** What `bench speed --json` prints. */
export interface SpeedReport {
  readonly machine: Machine;
  readonly model: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Of one core, in 10⁹ operations a second. */
  readonly peaks: Peaks;
  readonly rounds: number;
  readonly rows: readonly SpeedRow[];
  /** Engines that could not be measured, and why. */
  readonly unavailable: readonly { readonly engine: string; readonly reason: string }[];
}

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

interface Measured {
  readonly client: EngineClient;
  readonly workload: Workload;
  readonly times: readonly number[];
}

class SpeedRun {
  readonly versions: Record<string, string> = {};
  readonly unavailable: { engine: string; reason: string }[] = [];
  private readonly measured: Measured[] = [];
  private readonly request: SpeedRequest;
  private readonly model: BenchModel;
  private readonly exported: ExportedModel | undefined;
  private readonly plan: WorkloadPlan;
  private readonly progress: (line: string) => void;

  constructor(
    request: SpeedRequest,
    model: BenchModel,
    exported: ExportedModel | undefined,
    plan: WorkloadPlan,
    progress: (line: string) => void,
  ) {
    this.request = request;
    this.model = model;
    this.exported = exported;
    this.plan = plan;
    this.progress = progress;
  }

  /** Measures every workload on all engines with this many threads. */
  async measure(threads: number): Promise<void> {
    const clients: EngineClient[] = [];
    try {
      for (const engine of ['clipql', ...this.request.peers] as const) {
        for (const precision of this.request.precisions) {
          const client = await this.start(engine, precision, threads);
          if (client !== undefined) clients.push(client);
        }
      }
      for (const planned of this.plan.workloads) {
        const parts: Part<EngineClient>[] = clients.flatMap((player) =>
          workloadsFor(player.spec.engine, planned).map((workload) => ({ player, workload })),
        );
        const { tower } = planned.workload;
        this.progress(`${tower} tower, batch ${batchOf(planned.workload)}, threads ${threads}`);
        const times = await takeTurns(parts, this.request);
        parts.forEach(({ player, workload }, i) => {
          this.measured.push({ client: player, workload, times: times[i]! });
        });
      }
    } finally {
      for (const client of clients) client.close();
    }
  }

  rows(peaks: Peaks): SpeedRow[] {
    const { config } = this.model;
    return this.measured.map(({ client, workload, times }) => {
      const { engine, precision } = client.spec;
      const execution = { skipsUnused: engine.startsWith('clipql') };
      const subject = {
        engine,
        backend: client.info.backend,
        precision,
        tower: workload.tower,
        batch: batchOf(workload),
        executedTokens: executedTokens(workload, config, execution),
        realTokens: realTokens(workload, config),
        threads: client.info.threads,
      };
      return speedRow(subject, operationsOf(workload, config, execution), times, peaks);
    });
  }

  /** @returns undefined for a peer that cannot be had here, which the report then says. */
  private async start(
    engine: EngineName,
    precision: Precision,
    threads: number,
  ): Promise<EngineClient | undefined> {
    const { model, towers } = this.request;
    const exported = this.exported?.folder ?? '';
    const spec: EngineSpec = { engine, precision, threads, model, exported, towers };
    this.progress(`loading ${engine} ${precision}, threads ${threads}`);
    let client: EngineClient | undefined;
    try {
      client = await EngineClient.start(spec);
      await this.check(client);
      this.versions[engine] = client.info.version;
      return client;
    } catch (error) {
      client?.close();
      if (engine === 'clipql') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      this.progress(`${engine} ${precision} is not measured: ${reason}`);
      this.unavailable.push({ engine: `${engine} ${precision} threads ${threads}`, reason });
      return undefined;
    }
  }

  /** No engine is timed before it has given the embeddings that ClipQL gives in f32. */
  private async check(client: EngineClient): Promise<void> {
    const { engine, precision } = client.spec;
    for (const planned of this.plan.workloads) {
      for (const workload of workloadsFor(engine, planned)) {
        const actual = await client.ask({ kind: 'embed', workload });
        checkSameEmbeddings(engine, precision, actual, planned.expected, batchOf(workload));
      }
    }
  }
}
