/** Where training stands: logits are projections + alpha ∘ cosines. */
export interface ProbeLogits {
  /** [N,K]: f · w. */
  readonly projections: Float64Array;
  /** [K] */
  readonly alpha: Float64Array;
}

/** The cross-entropy of examples, Σ_i −ln softmax(logits_i)[target_i], and its derivatives. N examples, K classes. */
export class ProbeLoss {
  /** [N,K]: cosines of examples with the texts of the classes. */
  readonly cosines: Float64Array;
  readonly #targets: readonly number[];
  readonly #classes: number;

  constructor(cosines: Float64Array, targets: readonly number[]) {
    this.cosines = cosines;
    this.#targets = targets;
    this.#classes = cosines.length / targets.length;
  }

  /** @returns [N,K]: the derivative by the logits, probabilities minus 1 for the target. */
  residuals(at: ProbeLogits): Float64Array {
    const out = this.logits(at);
    for (const [i, target] of this.#targets.entries()) {
      const first = i * this.#classes;
      const end = first + this.#classes;
      let top = Number.NEGATIVE_INFINITY;
      for (let j = first; j < end; j++) if (out[j]! > top) top = out[j]!;
      let sum = 0;
      for (let j = first; j < end; j++) {
        out[j] = Math.exp(out[j]! - top);
        sum += out[j]!;
      }
      for (let j = first; j < end; j++) out[j]! /= sum;
      out[first + target]! -= 1;
    }
    return out;
  }

  /** @returns [K]: the derivative by alpha, from that by the logits. */
  byAlpha(residuals: Float64Array): Float64Array {
    const out = new Float64Array(this.#classes);
    for (let j = 0; j < residuals.length; j++) {
      out[j % this.#classes]! += residuals[j]! * this.cosines[j]!;
    }
    return out;
  }

  /** @returns [N,K] */
  logits({ projections, alpha }: ProbeLogits): Float64Array {
    const out = new Float64Array(projections.length);
    for (let first = 0; first < out.length; first += this.#classes) {
      for (let k = 0; k < this.#classes; k++) {
        out[first + k] = projections[first + k]! + alpha[k]! * this.cosines[first + k]!;
      }
    }
    return out;
  }

  /** First and second derivative of the loss by t, at logits + t · changes, both [N,K]. */
  along(
    logits: Float64Array,
    changes: Float64Array,
    t: number,
  ): { slope: number; curvature: number } {
    let slope = 0;
    let curvature = 0;
    for (const [i, target] of this.#targets.entries()) {
      const first = i * this.#classes;
      const end = first + this.#classes;
      let top = Number.NEGATIVE_INFINITY;
      for (let j = first; j < end; j++) {
        const logit = logits[j]! + t * changes[j]!;
        if (logit > top) top = logit;
      }
      let total = 0;
      let mean = 0;
      let square = 0;
      for (let j = first; j < end; j++) {
        const change = changes[j]!;
        const weight = Math.exp(logits[j]! + t * change - top);
        total += weight;
        mean += weight * change;
        square += weight * change * change;
      }
      mean /= total;
      slope += mean - changes[first + target]!;
      curvature += square / total - mean * mean;
    }
    return { slope, curvature };
  }
}
