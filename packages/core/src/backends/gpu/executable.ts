import type { ForwardPlan } from '../forward-plan.ts';
import { checkedInput, type RunInputs, type RunOutputs } from '../run-values.ts';
import type { Input, Pipeline } from './gpu-js.ts';
import type { Session } from './session.ts';
import { Trace } from './trace.ts';
import { traceStep } from './trace-step.ts';
import type { HostWeights } from './weights.ts';

/** One plan as a pipeline of gpu.js, made at the first run and again after a loss. */
export class GpuExecutable {
  readonly #plan: ForwardPlan;
  readonly weights: HostWeights;
  #compiled: { readonly session: Session; readonly pipeline: Pipeline } | undefined;

  constructor(plan: ForwardPlan, weights: HostWeights) {
    this.#plan = plan;
    this.weights = weights;
  }

  /** Bytes of the plan's weights on the device now. */
  get deviceBytes(): number {
    return this.#compiled === undefined ? 0 : this.weights.bytesOf(this.#plan);
  }

  /** @throws ClipError as {@link Session.firstRun} and {@link Session.run} do. */
  async run(session: Session, inputs: RunInputs): Promise<RunOutputs> {
    const values = [...this.#plan.inputs].map(([name, { rows, columns }]): Input => {
      const input = checkedInput(this.#plan, name, inputs);
      const floats = input instanceof Float32Array ? input : Float32Array.from(input);
      return new session.gpuJs.Input(floats, [columns, rows]);
    });
    if (this.#compiled?.session === session) {
      return this.#outputsOf(await session.run(this.#compiled.pipeline, values));
    }
    const pipeline = this.#trace(session);
    try {
      const results = await session.firstRun(pipeline, values);
      this.#compiled = { session, pipeline };
      return this.#outputsOf(results);
    } catch (error) {
      void pipeline.destroy();
      throw error;
    }
  }

  /** Frees what it has on the device. */
  async destroy(): Promise<void> {
    const compiled = this.#compiled;
    this.#compiled = undefined;
    await compiled?.pipeline.destroy();
  }

  #trace(session: Session): Pipeline {
    const plan = this.#plan;
    return session.pipeline(plan.inputs.size, (...inputs) => {
      const trace = new Trace(session, this.weights, plan, inputs);
      for (const step of plan.steps) traceStep(step, trace);
      return [...plan.outputs.values()].map((slot) => trace.whole(slot));
    });
  }

  /** The outputs row-major and without gaps; gpu.js gives them row by row. */
  #outputsOf(results: readonly (readonly Float32Array[])[]): RunOutputs {
    const outputs: RunOutputs = {};
    [...this.#plan.outputs].forEach(([name, { rows, columns }], i) => {
      const values = new Float32Array(rows * columns);
      results[i]!.forEach((row, r) => {
        values.set(row, r * columns);
      });
      outputs[name] = values;
    });
    return outputs;
  }
}
