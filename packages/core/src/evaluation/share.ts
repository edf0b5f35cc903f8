import { ClipError } from '../errors.ts';

/** A share of 1 with its 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How many of some pictures have a property. */
export interface Share {
  readonly hits: number;
  /** At least 1. */
  readonly of: number;
}

/** The normal distribution has 95 % of its mass within so many standard deviations. */
const Z = 1.959963984540054;

/**
 * A share with Wilson's score interval of 95 % (Wilson 1927, "Probable Inference, the Law of Succession, and
 * Statistical Inference"). It stays within 0 and 1, and says something of small numbers too: 5 of 5 may be 57 %.
 *
 * @throws ClipError BAD_INPUT where `of` is 0.
 * @example
 * ```ts
 * import { wilsonInterval } from '@clipql/core';
 *
 * const { value, low, high } = wilsonInterval({ hits: 8, of: 10 });
 * console.log([value, low, high].map((share) => share.toFixed(3)).join(' ')); // 0.800 0.490 0.943
 * ```
 */
export function wilsonInterval({ hits, of }: Share): Estimate {
  if (!(of > 0)) throw new ClipError('BAD_INPUT', `expected a share of at least 1, got of ${of}`);
  const value = hits / of;
  const scale = 1 / (1 + Z ** 2 / of);
  const centre = scale * (value + Z ** 2 / (2 * of));
  const half = scale * Z * Math.sqrt((value * (1 - value)) / of + Z ** 2 / (4 * of ** 2));
  // At 0 and 1 the bound is the share itself, which rounding may miss.
  return {
    value,
    low: hits === 0 ? 0 : Math.max(0, centre - half),
    high: hits === of ? 1 : Math.min(1, centre + half),
  };
}

/**
 * The mean of independent shares with an interval of 95 %, by the method of variance estimates recovery (Zou and
 * Donner 2008, "Construction of confidence limits about effect measures"): each share's Wilson interval says how far
 * that share may lie off to either side, and the squares of these distances add up. A bootstrap would call a class
 * that was always recognised a certainty; this does not.
 *
 * @param shares at least one; each counts the same.
 * @throws ClipError BAD_INPUT for none.
 */
export function meanShare(shares: readonly Share[]): Estimate {
  if (shares.length === 0) throw new ClipError('BAD_INPUT', 'expected at least 1 share, got none');
  const estimates = shares.map(wilsonInterval);
  const value = estimates.reduce((sum, one) => sum + one.value, 0) / shares.length;
  const distance = (side: 'low' | 'high') =>
    Math.sqrt(estimates.reduce((sum, one) => sum + (one[side] - one.value) ** 2, 0)) /
    shares.length;
  return {
    value,
    low: Math.max(0, value - distance('low')),
    high: Math.min(1, value + distance('high')),
  };
}
