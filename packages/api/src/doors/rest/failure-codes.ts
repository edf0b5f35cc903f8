import type { PublicError } from '../../errors/public-error.ts';

type Codes = readonly PublicError['code'][];

/** What an image may fail with. */
export const IMAGE_CODES: Codes = [
  'BAD_IMAGE_URL',
  'HOST_NOT_ALLOWED',
  'IMAGE_FETCH_FAILED',
  'IMAGE_TOO_LARGE',
  'IMAGE_UNSUPPORTED',
  'IMAGE_CORRUPT',
  'IMAGE_DECODE_TIMEOUT',
  'TOO_MANY_IMAGES',
  'TOO_MANY_IMAGE_BYTES',
];

/** What a request that needs a model may fail with. */
export const MODEL_CODES: Codes = [
  'BAD_INPUT',
  'TOO_MANY_PROMPTS',
  'ANSWER_TOO_LARGE',
  'UNKNOWN_MODEL',
  'OVERLOADED',
  'DEADLINE_EXCEEDED',
  'MODEL_MEMORY_FULL',
  'OUT_OF_MEMORY',
  'WORKER_LOST',
];

/** What a request that reads collections or classifiers may fail with. */
export const STORE_CODES: Codes = [
  'BAD_INPUT',
  'STORE_FULL',
  'STORE_DAMAGED',
  'STORE_TOO_NEW',
  'STORE_UNAVAILABLE',
];
