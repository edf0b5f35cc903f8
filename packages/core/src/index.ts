import './node-version.ts';

export {
  type BackendInfo,
  GPU_MODES,
  type GpuMode,
  INT8_MEMORY_SHARE,
  PRECISIONS,
  type Precision,
} from './backends/backend.ts';
export { findGpu, type GpuAdapter } from './backends/gpu/adapter.ts';
export {
  type Classification,
  type ClassifyMode,
  type ClassifyOptions,
  classifyEmbeddings,
  type LabelScore,
} from './classify.ts';
export {
  Clip,
  type EncodeOptions,
  type ImageInput,
  type TextInput,
} from './clip.ts';
export type { ClipInfo } from './clip-info.ts';
export { GRADIENT_ARENA_BYTES } from './encoder/gradient-pass.ts';
export { HELD_TOWERS, type HeldTowers, type TowerName } from './encoder/towers.ts';
export { ClipError, type ClipErrorCode } from './errors.ts';
export { type ClassFigures, confusionFigures, type Figures } from './evaluation/class-figures.ts';
export { type Confusion, confusionMatrix, confusions } from './evaluation/confusion-matrix.ts';
export { type CoveragePoint, coverageCurve } from './evaluation/coverage.ts';
export { stratifiedFolds } from './evaluation/folds.ts';
export {
  type Reliability,
  type ReliabilityBin,
  reliability,
} from './evaluation/reliability.ts';
export type { ScoredAnswers } from './evaluation/scored-answers.ts';
export { type Estimate, type Share, wilsonInterval } from './evaluation/share.ts';
export { bestTemperature } from './evaluation/temperature.ts';
export type { ProbeExamples } from './few-shot/check-examples.ts';
export { type LinearProbe, probeLogits, probeProbabilities } from './few-shot/linear-probe.ts';
export { type ProbeTraining, trainLinearProbe } from './few-shot/train-linear-probe.ts';
export { FlatIndex } from './flat/flat-index.ts';
export type { FlatHits, FlatIndexOptions, FlatSearchOptions } from './flat/flat-options.ts';
export { RowSet } from './flat/row-set.ts';
export { RowValues } from './flat/row-values.ts';
export type { GradientOptions } from './gradient-options.ts';
export type { GradientTarget, ImageGradient } from './gradient-targets.ts';
export { createPicture, restorePicture } from './guided/create-picture.ts';
export type { GuidedPicture, PictureStep } from './guided/guided-picture.ts';
export type { PictureModel } from './guided/picture-model.ts';
export {
  type CheckedPictureOptions,
  PICTURE_QUALITIES,
  PICTURE_SIDES,
  PICTURE_STEPS,
  PICTURE_WEIGHTS,
  type PictureOptions,
  type PicturePrompt,
  type PictureQuality,
  type PictureSettings,
  pictureSettings,
  type StartPicture,
} from './guided/picture-settings.ts';
export type { HubOptions } from './hub/options.ts';
export type { DownloadProgress, OnProgress } from './hub/progress.ts';
export { IMAGE_FORMATS, type ImageFormat, type ImageFormatFacts } from './image/codecs.ts';
export { decodeImage } from './image/decode.ts';
export {
  croppedRegion,
  type PictureRegion,
  type PixelTensor,
  type PreprocessConfig,
  preprocessImage,
} from './image/preprocess.ts';
export type { ResizeFilter } from './image/resize/filters.ts';
export type { JimpImage, RgbImage } from './image/rgb-image.ts';
export { type ImageHeader, sniffImage } from './image/sniff.ts';
export type {
  BitmapImage,
  CanvasImage,
  ImageBlob,
  ImageDataPixels,
  ImageSource,
  ImageUrl,
} from './image/source/image-source.ts';
export {
  BACKEND_CHOICES,
  BACKENDS,
  type BackendName,
  type LoadOptions,
  loadClip,
  MAX_THREADS,
} from './load-clip.ts';
export { type ModelFiles, modelFromBytes } from './model-files.ts';
export { modelFromHub } from './model-from-hub.ts';
export { type Background, backgroundLevels } from './search/background.ts';
export { BACKGROUND_WORDS } from './search/background-words.ts';
export { type CollectionSpread, collectionSpread } from './search/collection-spread.ts';
export { type DuplicateGroup, duplicateGroups, type NearPair } from './search/duplicate-groups.ts';
export { countScores, type Histogram } from './search/histogram.ts';
export {
  type MixedQuery,
  mixTerms,
  type QueryTerm,
  queryCosine,
  scoreItem,
  termShares,
} from './search/mix-terms.ts';
export type { Relevance } from './search/relevance.ts';
export { standoutRelevance } from './search/standout-relevance.ts';
export { TextScores } from './search/text-relevance.ts';
export { DEFAULT_TEMPLATES, ENSEMBLE_TEMPLATES, fillTemplate } from './text/templates.ts';
export type { TokenizedText } from './text/tokenizer.ts';
export { dot, meanDirection, normalized } from './vectors.ts';
export type { ByteSource } from './weights/byte-source.ts';
