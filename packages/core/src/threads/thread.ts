/** A thread of a team, in Node or in a browser. */
export interface Thread {
  /** Ends the thread, wherever it is; resolves when it runs no more. */
  terminate(): Promise<void>;
  /** Whether the thread keeps the process alive. */
  keepAlive(keep: boolean): void;
}

/**
 * Starts a thread.
 *
 * @param source a script that defines `work(data)` and does all its work within that call.
 * @param data given to `work`; what is shared in it stays shared.
 * @param onLost called once when the thread ends without having been told to.
 * @param niceness 0 to 19, as `nice` has it; ignored where threads have none of their own.
 */
export type StartThread = (
  source: string,
  data: unknown,
  onLost: (reason: string) => void,
  niceness?: number,
) => Thread;
