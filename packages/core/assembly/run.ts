/**
 * Runs a plan. A program is a list of steps of 16 words each; word 0 says which operation, the others
 * are its arguments in the order of the operation's own parameters. Addresses are in bytes, pitches
 * too. `../src/backends/wasm/program.ts` writes them.
 *
 * Every thread of a team calls `run` with the same program and its own number; each operation does
 * its thread's part, and no thread begins a step before all have ended the one before it.
 *
 * Where an operation's header does not say that it is exact, its results are within a relative L2
 * distance of 1e-6 of the reference backend's, those of a linear layer in int8 within 2e-2: the
 * conformance suite holds every one to that.
 */
import { add } from './add';
import { attention } from './attention';
import { averagePool } from './average-pool';
import { barrier } from './barrier';
import { depthwise } from './depthwise';
import { embed } from './embed';
import { gelu } from './gelu';
import { runGradientStep } from './gradients/run';
import { l2Normalize } from './l2-normalize';
import { layerNorm } from './layer-norm';
import { linear } from './linear';
import { linearInt8 } from './linear-int8';
import { patches } from './patches';
import { prepend } from './prepend';
import { prependMean } from './prepend-mean';
import { quantize } from './quantize';
import { relu } from './relu';
import { windows } from './windows';
import { word } from './word';

const STEP_BYTES: usize = 64;

const PATCHES: i32 = 0;
const EMBED: i32 = 1;
const LINEAR: i32 = 2;
const GELU: i32 = 3;
const LAYER_NORM: i32 = 4;
const ATTENTION: i32 = 5;
const ADD: i32 = 6;
const PREPEND: i32 = 7;
const L2_NORMALIZE: i32 = 8;
const QUANTIZE: i32 = 9;
const LINEAR_INT8: i32 = 10;
const RELU: i32 = 11;
const WINDOWS: i32 = 12;
const DEPTHWISE: i32 = 13;
const AVERAGE_POOL: i32 = 14;
const PREPEND_MEAN: i32 = 15;

/**
 * @param scratch room for each thread's scores, `scratchBytes` apart
 * @param control where the team meets, see barrier.ts
 * @returns whether all steps ran; false when another thread did not come in time
 */
export function run(
  program: usize,
  steps: i32,
  scratch: usize,
  scratchBytes: usize,
  control: usize,
  thread: i32,
  threads: i32,
): bool {
  const own = scratch + scratchBytes * <usize>thread;
  for (let step = 0; step < steps; step++) {
    runStep(program, own, thread, threads);
    if (threads > 1 && !barrier(control, threads)) return false;
    program += STEP_BYTES;
  }
  return true;
}

function runStep(s: usize, scratch: usize, thread: i32, threads: i32): void {
  switch (load<i32>(s)) {
    case PATCHES:
      patches(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), thread, threads);
      break;
    case EMBED:
      embed(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), thread, threads);
      break;
    case LINEAR:
      linear(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10), word(s, 11), word(s, 12), thread, threads);
      break;
    case GELU:
      gelu(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), thread, threads);
      break;
    case LAYER_NORM:
      layerNorm(word(s, 1), word(s, 2), word(s, 3), word(s, 4), load<f32>(s, 20), word(s, 6), word(s, 7), word(s, 8), word(s, 9), thread, threads);
      break;
    case ATTENTION:
      attention(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10) != 0, word(s, 11), word(s, 12), word(s, 13), scratch, thread, threads);
      break;
    case ADD:
      add(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), thread, threads);
      break;
    case PREPEND:
      prepend(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), thread, threads);
      break;
    case L2_NORMALIZE:
      l2Normalize(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), thread, threads);
      break;
    case QUANTIZE:
      quantize(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), thread, threads);
      break;
    case LINEAR_INT8:
      linearInt8(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10), word(s, 11), word(s, 12), word(s, 13), thread, threads);
      break;
    case RELU:
      relu(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), thread, threads);
      break;
    case WINDOWS:
      windows(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10), word(s, 11), thread, threads);
      break;
    case DEPTHWISE:
      depthwise(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10), word(s, 11), word(s, 12), word(s, 13), word(s, 14), thread, threads);
      break;
    case AVERAGE_POOL:
      averagePool(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), thread, threads);
      break;
    case PREPEND_MEAN:
      prependMean(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), thread, threads);
      break;
    default:
      runGradientStep(s, scratch, thread, threads);
  }
}
