import type { Estimate } from '@clipql/core';
import { shorten } from '../../../errors/one-line.ts';
import { escaped } from '../../html.ts';

/** Of a class or a group; a title has the whole of it. */
const MOST_CHARACTERS = 60;

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** `81.3–90.0 %` */
export const interval = ({ low, high }: Estimate): string =>
  `${(100 * low).toFixed(1)}–${percent(high)}`;

/** A name of any length and content, as text. */
export const named = (name: string): string => escaped(shorten(name, MOST_CHARACTERS));

/** A threshold: close to 1, more digits tell more. */
export const threshold = (value: number): string => value.toFixed(value > 0.99 ? 5 : 3);
