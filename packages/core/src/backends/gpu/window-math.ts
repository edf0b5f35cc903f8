import type { ImageWindow } from '../../graph/forward-operands.ts';
import { quotient, remainder } from './index-math.ts';

/**
 * Statements of a kernel that put the image of row `this.thread.y`, and the first line and column of its
 * window, into constants.
 */
export const windowStart = ({ stride, before, outSide }: ImageWindow): string => `
    const image = ${quotient('this.thread.y', outSide * outSide)};
    const place = this.thread.y - ${outSide * outSide} * image;
    const top = ${quotient('place', outSide)} * ${stride} - ${before};
    const left = ${remainder('place', outSide)} * ${stride} - ${before};`;

/** Whether the pixel at `line` and `column` lies in the image; halves, since whole numbers are floats. */
export const isInside = ({ side }: ImageWindow): string =>
  `line > -0.5 && line < ${side - 0.5} && column > -0.5 && column < ${side - 0.5}`;
