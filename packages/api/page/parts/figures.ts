/** How numbers read. */

/** 0.8934 → `89.3%` */
export const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** Of a probability, or where there is none, of a cosine. */
export const scoreText = (probability: number | null, cosine: number): string =>
  probability === null ? cosine.toFixed(3) : percent(probability);

/** 12,345,678 → `12.3` */
export const megapixels = (pixels: number): string => (pixels / 1e6).toFixed(1);

/** In units of 1024, as the server counts. */
export function byteText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** unit;
  return `${value.toLocaleString('en', { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}

/** In units of 1000, as downloads are told: `605 MB`. */
export const downloadText = (bytes: number): string =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
