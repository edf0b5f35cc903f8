import { ClipError } from '../errors.ts';

/** What may be otherwise at the next try, such as a lost connection or a busy server. */
export class PassingError extends Error {
  override readonly name = 'PassingError';
}

export interface RetryOptions {
  /** Before another try, in seconds; as many as there are tries after the first. */
  readonly waits: readonly number[];
  /** Called before each wait. */
  readonly onRetry: (reason: string, seconds: number) => void;
  /** How far the work has come; when it grows between two failures, the waits start anew. */
  readonly progress?: () => Promise<number>;
  /** What to say at last, beside the reason. */
  readonly advice: () => Promise<string>;
}

/**
 * Tries again what fails with {@link PassingError}.
 *
 * @throws ClipError DOWNLOAD_FAILED when it goes on failing; any other error at once.
 */
export async function withRetries<T>(
  work: () => Promise<T>,
  { waits, onRetry, progress = async () => 0, advice }: RetryOptions,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    const before = await progress();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PassingError)) throw error;
      if ((await progress()) > before) failures = 0;
      const seconds = waits[failures];
      if (seconds === undefined) {
        const message = `${error.message}; ${await advice()}`;
        throw new ClipError('DOWNLOAD_FAILED', message, { cause: error });
      }
      onRetry(error.message, seconds);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
}
