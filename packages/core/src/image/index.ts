/** What `@clipql/core/image` offers: images without models, for threads that only decode. */
import '../node-version.ts';

export { ClipError, type ClipErrorCode } from '../errors.ts';
export { IMAGE_FORMATS, type ImageFormat, type ImageFormatFacts } from './codecs.ts';
export { decodeImage } from './decode.ts';
export { type PixelTensor, type PreprocessConfig, preprocessImage } from './preprocess.ts';
export type { RgbImage } from './rgb-image.ts';
export { type ImageHeader, sniffImage } from './sniff.ts';
