/** Pillow's resampling filters, by their names in lower case. */
export type ResizeFilter = 'nearest' | 'lanczos' | 'bilinear' | 'bicubic' | 'box' | 'hamming';

/** What a filter weighs source pixels with, by their distance from the middle. */
interface Filter {
  /** It reaches so many source pixels to each side, times the factor of shrinking. */
  readonly support: number;
  weight(distance: number): number;
}

/** The antialiasing filters (Pillow `src/libImaging/Resample.c`). */
export const FILTERS: Readonly<Record<Exclude<ResizeFilter, 'nearest'>, Filter>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { support: 1, weight: hamming },
  bicubic: { support: 2, weight: cubic },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function hamming(x: number): number {
  if (x === 0) return 1;
  const angle = Math.PI * Math.abs(x);
  return Math.abs(x) >= 1 ? 0 : (Math.sin(angle) / angle) * (0.54 + 0.46 * Math.cos(angle));
}

/** Keys' parameter, as in Pillow; other libraries use −0.75. */
const A = -0.5;

/** Keys' cubic convolution (R. Keys 1981). */
function cubic(position: number): number {
  const x = Math.abs(position);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * A;
  return 0;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));
