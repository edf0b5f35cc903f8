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
    const out = new Float64Array(this.cosines.length);
    for (const [i, target] of this.#targets.entries()) {
      this.#probabilities(i, at, out);
      out[i * this.#classes + target]! -= 1;
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

  /** First and second derivative of the loss by t, at logits + t · direction. */
  along(at: ProbeLogits, direction: ProbeLogits, t: number): { slope: number; curvature: number } {
    const moved = {
      projections: at.projections.map((value, j) => value + t * direction.projections[j]!),
      alpha: at.alpha.map((value, k) => value + t * direction.alpha[k]!),
    };
    const row = new Float64Array(this.cosines.length);
    let slope = 0;
    let curvature = 0;
    for (const [i, target] of this.#targets.entries()) {
      this.#probabilities(i, moved, row);
      const first = i * this.#classes;
      let mean = 0;
      let square = 0;
      for (let k = 0; k < this.#classes; k++) {
        const change = this.#logit(first + k, k, direction);
        mean += row[first + k]! * change;
        square += row[first + k]! * change ** 2;
      }
      slope += mean - this.#logit(first + target, target, direction);
      curvature += square - mean ** 2;
    }
    return { slope, curvature };
  }

  #logit(j: number, k: number, { projections, alpha }: ProbeLogits): number {
    return projections[j]! + alpha[k]! * this.cosines[j]!;
  }

  #probabilities(i: number, at: ProbeLogits, out: Float64Array): void {
    const first = i * this.#classes;
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < this.#classes; k++) {
      const logit = this.#logit(first + k, k, at);
      out[first + k] = logit;
      if (logit > top) top = logit;
    }
    let sum = 0;
    for (let j = first; j < first + this.#classes; j++) {
      out[j] = Math.exp(out[j]! - top);
      sum += out[j]!;
    }
    for (let j = first; j < first + this.#classes; j++) out[j]! /= sum;
  }
}
