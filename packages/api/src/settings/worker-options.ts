import type { Option } from './option.ts';
import { wholeNumber } from './values.ts';

/** For `clipql worker` alone. */
export const WORKER_OPTIONS = {
  concurrency: {
    value: wholeNumber(1, 64).default(2),
    expects: 'a whole number from 1 to 64',
    placeholder: '<n>',
    help: 'slices of jobs that a worker does at once',
  },
} as const satisfies Record<string, Option>;
