import DataLoader from 'dataloader';
import type { ImageSource } from '../images/image-source.ts';
import type { ReadImage } from '../images/read-image.ts';
import type { Caller } from '../inference/caller.ts';
import type { EncodedImage, OccludedImage } from '../inference/encoded.ts';
import type { Inference } from '../inference/inference.ts';
import { OCCLUSION_IMAGES } from '../inference/occlusion.ts';
import { checkImageCount } from '../limits/images.ts';
import type { Limits } from '../limits/limits.ts';

/** An image, and the file that it is of. */
export interface LoadedFile {
  readonly image: EncodedImage;
  readonly bytes: Uint8Array;
}

interface ImageLoader {
  load(source: ImageSource): Promise<EncodedImage>;
  loadFile(source: ImageSource): Promise<LoadedFile>;
  loadOccluded(source: ImageSource): Promise<OccludedImage>;
}

/**
 * Makes the images of one operation: equal ones are read once, and all that are asked for in a turn of
 * the event loop are handed over together. One that fails fails alone.
 *
 * @param limits its images are counted, equal ones each time.
 */
export function createImageLoader(
  { images }: Inference,
  readImage: ReadImage,
  limits: Limits,
  caller: Caller,
): ImageLoader {
  let requested = 0;
  const loader = new DataLoader<ImageSource, EncodedImage, string | Uint8Array>(
    async (sources) => {
      checkImageCount(requested, limits);
      return images.encode(sources, readImage, caller);
    },
    { cacheKeyFn: (source) => ('url' in source ? source.url : source.bytes) },
  );
  return {
    load: (source) => {
      requested += 1;
      return loader.load(source);
    },
    loadFile: async (source) => {
      requested += 1;
      checkImageCount(requested, limits);
      let bytes = 'bytes' in source ? source.bytes : undefined;
      const readAndKeep: ReadImage = async (...address) => {
        bytes = await readImage(...address);
        return bytes;
      };
      const [image] = await images.encode([source], readAndKeep, caller);
      if (image instanceof Error) throw image;
      return { image: image!, bytes: bytes! };
    },
    loadOccluded: async (source) => {
      requested += OCCLUSION_IMAGES;
      checkImageCount(requested, limits);
      return images.encodeOccluded(source, readImage, caller);
    },
  };
}
