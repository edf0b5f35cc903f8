/** What a signal asks for. */
export interface Stopping {
  readonly signal: AbortSignal;
  /** That of the signal that came. */
  exitCode(): number;
  /** Signals end the process again. */
  forget(): void;
}

/** Aborts at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function stopOnSignals(): Stopping {
  const controller = new AbortController();
  const codes = { SIGINT: 130, SIGTERM: 143 } as const;
  let exitCode: number = codes.SIGINT;
  const stop = (signal: keyof typeof codes) => {
    exitCode = codes[signal];
    controller.abort();
    forget();
  };
  const forget = () => process.off('SIGINT', stop).off('SIGTERM', stop);
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return { signal: controller.signal, exitCode: () => exitCode, forget };
}
