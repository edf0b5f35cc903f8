import { MODEL_OPTIONS } from './model-options.ts';
import type { Option } from './option.ts';
import { SERVER_OPTIONS } from './server-options.ts';
import { WORKER_OPTIONS } from './worker-options.ts';

/** Everything that can be set, in the order in which the documentation has it. */
export const OPTIONS = { ...MODEL_OPTIONS, ...SERVER_OPTIONS, ...WORKER_OPTIONS };

export type OptionName = keyof typeof OPTIONS;

export const optionOf = (name: OptionName): Option => OPTIONS[name];
