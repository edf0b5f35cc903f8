/** Of a negative prompt, unless given: it drives away, and should not drive all the rest. */
export const NEGATIVE_WEIGHT = -0.5;
