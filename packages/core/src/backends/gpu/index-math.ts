/**
 * Whole-number division in kernels' sources, whose numbers are float32 and whose division may be off
 * by a few units in the last place: half a unit of slack keeps ⌊a / n⌋ exact below 2²⁰.
 */
export const quotient = (a: string, n: number): string => `Math.floor((${a} + 0.5) / ${n})`;

/** a mod n. */
export const remainder = (a: string, n: number): string => `(${a} - ${n} * ${quotient(a, n)})`;
