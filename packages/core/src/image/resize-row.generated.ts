// Made by tools/build-kernels.ts from packages/core/assembly; not to be edited.

/** The horizontal pass of resizing. WebAssembly modules in base64. */
export const RESIZE_ROW = {
  plain:
    'AGFzbQEAAAABCwFgB39/f39/f38AAg8BA2VudgZtZW1vcnkCAAEDAgEABxYCCXJlc2l6ZVJvdwAABm1lbW9yeQIACukBAeYBAgN7BH8DQCAFIApKBEAgACAKQQJ0IgsgAWooAgBBAnRqIQ0gAyAEIApsQQJ0aiEM/QwAACAAAAAgAAAAIAAAACAAIQf9DAAAAAAAAAAAAAAAAAAAAAAhCCACIAtqKAIAIQsDQCALQQBKBEAgByAN/QIAACIJ/akBIAz9CQIA/bUB/a4BIQcgCCAJ/aoBIAz9CQIE/bUB/a4BIQggDUEIaiENIAxBCGohDCALQQJrIQsMAQsLIAYgCkEDbGogByAI/a4BQRb9rAEiByAH/YUBIgcgB/1m/VoCAAAgCkEBaiEKDAELCws=',
} as const;
