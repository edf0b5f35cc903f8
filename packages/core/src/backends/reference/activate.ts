/** What a linear layer can do to its result. */
import type { Nonlinearity } from '../../graph/forward-operands.ts';
import { geluOf } from './gelu.ts';
import { rectify } from './relu.ts';

export const activate = (x: number, activation: Nonlinearity): number =>
  activation === 'relu' || activation === 'relu6' ? rectify(x, activation) : geluOf(x, activation);
