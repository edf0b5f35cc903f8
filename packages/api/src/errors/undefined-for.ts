import { ApiError } from './api-error.ts';
import type { ErrorCode } from './error-codes.ts';

/** What is found, or undefined where it fails with this code. */
export async function undefinedFor<Found>(
  code: ErrorCode,
  found: Promise<Found>,
): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof ApiError && error.code === code) return undefined;
    throw error;
  }
}
