import type { Precision } from '@clipql/core';
import type { EngineName, EngineSpec } from '../kit/engines/engine.ts';
import { EngineClient } from '../kit/engines/engine-client.ts';
import type { ExportedModel } from '../kit/engines/exported-model.ts';
import { batchOf, type Workload } from '../kit/engines/workload.ts';
import type { BenchModel } from '../kit/models/bench-model.ts';
import type { SpeedRow } from '../kit/reports/speed-report.ts';
import { executedTokens, operationsOf, realTokens } from '../kit/timing/operations.ts';
import type { Peaks } from '../kit/timing/peaks.ts';
import { type Part, takeTurns } from '../kit/timing/turns.ts';
import { checkSameEmbeddings } from './check.ts';
import type { SpeedRequest } from './request.ts';
import { speedRow } from './row.ts';
import { type WorkloadPlan, workloadsFor } from './workload-plan.ts';

interface Measured {
  readonly client: EngineClient;
  readonly workload: Workload;
  readonly times: readonly number[];
}

/** A run of `bench speed`: what it measures is collected here. */
export class SpeedRun {
  readonly versions: Record<string, string> = {};
  readonly unavailable: { engine: string; reason: string }[] = [];
  readonly #measured: Measured[] = [];
  readonly #request: SpeedRequest;
  readonly #model: BenchModel;
  readonly #exported: ExportedModel | undefined;
  readonly #plan: WorkloadPlan;
  readonly #progress: (line: string) => void;

  constructor(
    request: SpeedRequest,
    model: BenchModel,
    exported: ExportedModel | undefined,
    plan: WorkloadPlan,
    progress: (line: string) => void,
  ) {
    this.#request = request;
    this.#model = model;
    this.#exported = exported;
    this.#plan = plan;
    this.#progress = progress;
  }

  /** Measures every workload on all engines with this many threads. */
  async measure(threads: number): Promise<void> {
    const clients: EngineClient[] = [];
    try {
      for (const engine of ['clipql', ...this.#request.peers] as const) {
        for (const precision of this.#request.precisions) {
          const client = await this.#start(engine, precision, threads);
          if (client !== undefined) clients.push(client);
        }
      }
      for (const planned of this.#plan.workloads) {
        const parts: Part<EngineClient>[] = clients.flatMap((player) =>
          workloadsFor(player.spec.engine, planned).map((workload) => ({ player, workload })),
        );
        const { tower } = planned.workload;
        this.#progress(`${tower} tower, batch ${batchOf(planned.workload)}, threads ${threads}`);
        const times = await takeTurns(parts, this.#request);
        parts.forEach(({ player, workload }, i) => {
          this.#measured.push({ client: player, workload, times: times[i]! });
        });
      }
    } finally {
      for (const client of clients) client.close();
    }
  }

  rows(peaks: Peaks): SpeedRow[] {
    const { config } = this.#model;
    return this.#measured.map(({ client, workload, times }) => {
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
  async #start(
    engine: EngineName,
    precision: Precision,
    threads: number,
  ): Promise<EngineClient | undefined> {
    const { model, towers } = this.#request;
    const exported = this.#exported?.folder ?? '';
    const spec: EngineSpec = { engine, precision, threads, model, exported, towers };
    this.#progress(`loading ${engine} ${precision}, threads ${threads}`);
    let client: EngineClient | undefined;
    try {
      client = await EngineClient.start(spec);
      await this.#check(client);
      this.versions[engine] = client.info.version;
      return client;
    } catch (error) {
      client?.close();
      if (engine === 'clipql') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      this.#progress(`${engine} ${precision} is not measured: ${reason}`);
      this.unavailable.push({ engine: `${engine} ${precision} threads ${threads}`, reason });
      return undefined;
    }
  }

  /** No engine is timed before it has given the embeddings that ClipQL gives in f32. */
  async #check(client: EngineClient): Promise<void> {
    const { engine, precision } = client.spec;
    for (const planned of this.#plan.workloads) {
      for (const workload of workloadsFor(engine, planned)) {
        const actual = await client.ask({ kind: 'embed', workload });
        checkSameEmbeddings(engine, precision, actual, planned.expected, batchOf(workload));
      }
    }
  }
}
