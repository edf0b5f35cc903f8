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
  const pixels = new Float32Array(CHANNELS * size * size).fill(0.5);
  for (let pass = 0; pass < passes; pass++) {
    const data = byChannel(pixels, (value, channel) => (value - mean[channel]!) / std[channel]!);
    const [seen] = await clip.imageGradient([{ size, data }], [{ embedding: embedding! }]);
    const byPixels = byChannel(seen!.gradient, (value, channel) => value / std[channel]!);
    const scale = RATE * Math.sqrt(byPixels.length / dot(byPixels, byPixels));
    for (let i = 0; i < pixels.length; i++) {
      pixels[i] = Math.min(1, Math.max(0, pixels[i]! + scale * byPixels[i]!));
    }
  }
  return toRgb(pixels, size);
}

/** Values of [3, S, S], each with its channel. */
function byChannel(
  values: Float32Array,
  change: (value: number, channel: number) => number,
): Float32Array {
  const plane = values.length / CHANNELS;
  const changed = new Float32Array(values.length);
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let i = channel * plane; i < (channel + 1) * plane; i++) {
      changed[i] = change(values[i]!, channel);
    }
  }
  return changed;
}

function toRgb(pixels: Float32Array, side: number): RgbImage {
  const plane = side * side;
  const data = new Uint8Array(pixels.length);
  for (const [i, value] of pixels.entries()) {
    data[(i % plane) * CHANNELS + Math.floor(i / plane)] = Math.round(255 * value);
  }
  return { width: side, height: side, channels: CHANNELS, data };
}
