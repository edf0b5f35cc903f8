import { type Clip, dot, type RgbImage } from '@clipql/core';

const CHANNELS = 3;
/** How far a pass moves a channel of 0 to 1, root mean square. */
const RATE = 1 / 255;

/**
 * What a picture is compared with: gradient ascent on the pixels of the model's input, from grey, seen as they are. No
 * pyramid, no views. A pass follows the last, and each is a step.
 */
export async function plainAscent(clip: Clip, prompt: string, passes: number): Promise<RgbImage> {
  const { imageSize: size } = clip.info;
  const { mean, std } = clip.preprocessing;
  const [embedding] = await clip.encodeTexts([prompt]);
  const plane = size * size;
  const channelOf = (i: number) => Math.floor(i / plane);
  const pixels = new Float32Array(CHANNELS * plane).fill(0.5);
  for (let pass = 0; pass < passes; pass++) {
    const data = pixels.map((value, i) => (value - mean[channelOf(i)]!) / std[channelOf(i)]!);
    const [seen] = await clip.imageGradient([{ size, data }], [{ embedding: embedding! }]);
    const byPixels = seen!.gradient.map((value, i) => value / std[channelOf(i)]!);
    const scale = RATE * Math.sqrt(byPixels.length / dot(byPixels, byPixels));
    for (const [i, value] of byPixels.entries()) {
      pixels[i] = Math.min(1, Math.max(0, pixels[i]! + scale * value));
    }
  }
  return toRgb(pixels, size);
}

function toRgb(pixels: Float32Array, side: number): RgbImage {
  const plane = side * side;
  const data = new Uint8Array(pixels.length);
  for (const [i, value] of pixels.entries()) {
    data[(i % plane) * CHANNELS + Math.floor(i / plane)] = Math.round(255 * value);
  }
  return { width: side, height: side, channels: CHANNELS, data };
}
