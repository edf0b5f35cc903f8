import { ApiError } from '../errors/api-error.ts';
import type { Account } from './admission.ts';

/** Whom work is done for. */
export interface Caller {
  /** Aborted, for a reason that is an ApiError, when the caller has gone or waited long enough. */
  readonly signal: AbortSignal;
  /** What the operation holds of the queue. */
  readonly account: Account;
}

/** Calls back after these milliseconds. @returns what takes the call back. */
export type After = (milliseconds: number, call: () => void) => () => void;

export const afterTimeout: After = (milliseconds, call) => {
  const timer = setTimeout(call, milliseconds).unref();
  return () => clearTimeout(timer);
};

/** A signal, and what aborts it once its operation is over. */
export interface EndingSignal {
  readonly signal: AbortSignal;
  end(): void;
}

/**
 * A signal that is aborted, for a reason that users can be shown, when the client goes away or its
 * deadline has passed, or the server ends.
 *
 * @param gone of the request.
 * @param deadline milliseconds that the operation may take.
 * @param ending of the server; its reason becomes the signal's.
 */
export function callerSignal(
  gone: AbortSignal,
  deadline: number,
  after: After,
  ending?: AbortSignal,
): EndingSignal {
  const controller = new AbortController();
  const leave = () =>
    controller.abort(
      new ApiError('REQUEST_ABORTED', 'the client went away', { cause: gone.reason }),
    );
  if (gone.aborted) leave();
  gone.addEventListener('abort', leave, { once: true });
  const breakOff = () => controller.abort(ending?.reason);
  if (ending?.aborted) breakOff();
  ending?.addEventListener('abort', breakOff, { once: true });
  const cancel = after(deadline, () => {
    const message = `expected an operation that takes at most ${deadline / 1000} s, got one that takes longer`;
    controller.abort(new ApiError('DEADLINE_EXCEEDED', message));
  });
  return {
    signal: controller.signal,
    end: () => {
      cancel();
      gone.removeEventListener('abort', leave);
      ending?.removeEventListener('abort', breakOff);
      controller.abort(operationOver());
    },
  };
}

/** Of what goes on when its operation has failed already. */
export const operationOver = (): ApiError =>
  new ApiError('REQUEST_ABORTED', 'the operation is over');

export const isDeadline = (reason: unknown): boolean =>
  reason instanceof ApiError && reason.code === 'DEADLINE_EXCEEDED';
