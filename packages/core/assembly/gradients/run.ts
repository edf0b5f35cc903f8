/** The steps of a backward pass; ../run.ts has those of a forward pass. */
import { attentionMix } from './attention-mix';
import { attentionScoreGradient } from './attention-score-gradient';
import { attentionWeights } from './attention-weights';
import { averagePoolTranspose } from './average-pool-transpose';
import { depthwiseTranspose } from './depthwise-transpose';
import { geluGradient } from './gelu-gradient';
import { l2NormalizeGradient } from './l2-normalize-gradient';
import { layerNormGradient } from './layer-norm-gradient';
import { linearTranspose } from './linear-transpose';
import { patchesTranspose } from './patches-transpose';
import { prependTranspose } from './prepend-transpose';
import { reluGradient } from './relu-gradient';
import { selectTranspose } from './select-transpose';
import { windowsTranspose } from './windows-transpose';
import { word } from '../word';

const LINEAR_TRANSPOSE: i32 = 32;
const PATCHES_TRANSPOSE: i32 = 33;
const WINDOWS_TRANSPOSE: i32 = 34;
const DEPTHWISE_TRANSPOSE: i32 = 35;
const AVERAGE_POOL_TRANSPOSE: i32 = 36;
const PREPEND_TRANSPOSE: i32 = 37;
const SELECT_TRANSPOSE: i32 = 38;
const GELU_GRADIENT: i32 = 39;
const RELU_GRADIENT: i32 = 40;
const LAYER_NORM_GRADIENT: i32 = 41;
const L2_NORMALIZE_GRADIENT: i32 = 42;
const ATTENTION_WEIGHTS: i32 = 43;
const ATTENTION_SCORE_GRADIENT: i32 = 44;
const ATTENTION_MIX: i32 = 45;

export function runGradientStep(s: usize, scratch: usize, thread: i32, threads: i32): void {
  switch (load<i32>(s)) {
    case LINEAR_TRANSPOSE:
      linearTranspose(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10), word(s, 11), scratch, thread, threads);
      break;
    case PATCHES_TRANSPOSE:
      patchesTranspose(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), thread, threads);
      break;
    case WINDOWS_TRANSPOSE:
      windowsTranspose(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10), word(s, 11), thread, threads);
      break;
    case DEPTHWISE_TRANSPOSE:
      depthwiseTranspose(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10), word(s, 11), word(s, 12), thread, threads);
      break;
    case AVERAGE_POOL_TRANSPOSE:
      averagePoolTranspose(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), thread, threads);
      break;
    case PREPEND_TRANSPOSE:
      prependTranspose(word(s, 1), word(s, 2), word(s, 3), load<f32>(s, 16), word(s, 5), word(s, 6), word(s, 7), word(s, 8), thread, threads);
      break;
    case SELECT_TRANSPOSE:
      selectTranspose(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), thread, threads);
      break;
    case GELU_GRADIENT:
      geluGradient(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), thread, threads);
      break;
    case RELU_GRADIENT:
      reluGradient(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), thread, threads);
      break;
    case LAYER_NORM_GRADIENT:
      layerNormGradient(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), load<f32>(s, 24), word(s, 7), word(s, 8), word(s, 9), word(s, 10), thread, threads);
      break;
    case L2_NORMALIZE_GRADIENT:
      l2NormalizeGradient(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), thread, threads);
      break;
    case ATTENTION_WEIGHTS:
      attentionWeights(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10), word(s, 11), word(s, 12), scratch, thread, threads);
      break;
    case ATTENTION_SCORE_GRADIENT:
      attentionScoreGradient(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10), word(s, 11), word(s, 12), word(s, 13), word(s, 14), scratch, thread, threads);
      break;
    case ATTENTION_MIX:
      attentionMix(word(s, 1), word(s, 2), word(s, 3), word(s, 4), word(s, 5), word(s, 6), word(s, 7), word(s, 8), word(s, 9), word(s, 10), word(s, 11) != 0, word(s, 12), word(s, 13), thread, threads);
      break;
    default:
      unreachable();
  }
}
