import type { Estimate } from '@clipql/core';

/** `81.3 %` */
export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** `81.3–90.0 %` */
export const interval = ({ low, high }: Estimate): string =>
  `${(100 * low).toFixed(1)}–${percent(high)}`;
