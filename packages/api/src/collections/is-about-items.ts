import { ApiError } from '../errors/api-error.ts';

/** Whether a write was refused because of what one of its items is: the others can be written without it. */
export const isAboutItems = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === 'BAD_METADATA' || error.code === 'BAD_INPUT');
