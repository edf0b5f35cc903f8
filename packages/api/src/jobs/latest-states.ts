/** What tells of a thing's states. */
export interface StateSource<State> {
  /** @returns ends it. */
  listen(listener: (state: State) => void): () => void;
  /** Whether nothing comes after it. */
  isOver(state: State): boolean;
  /** Milliseconds between two states, at least; none unless given. */
  readonly apartMs?: number;
}

/**
 * The states from now on, the present one first, each as soon as it is taken: who is slow gets the latest alone. Ends
 * with a state that is the last, or with the signal.
 *
 * @param current the present state.
 */
export async function* latestStates<State extends { readonly version: number }>(
  current: State,
  { listen, isOver, apartMs = 0 }: StateSource<State>,
  signal: AbortSignal,
): AsyncGenerator<State, undefined> {
  let latest = current;
  let wake = () => {};
  let last = -1;
  const stop = listen((state) => {
    latest = state;
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      if (latest.version > last) {
        const state = latest;
        last = state.version;
        yield state;
        if (isOver(state)) return;
        if (apartMs > 0) await apart(apartMs, signal);
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}

/** @returns states until they are left, which ends them at once: a generator would first wait for the next. */
export function untilLeft<State>(
  states: (signal: AbortSignal) => AsyncGenerator<State, undefined>,
): AsyncIterableIterator<State> {
  const left = new AbortController();
  const generator = states(left.signal);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => generator.next(),
    return: async () => {
      left.abort();
      return generator.return(undefined);
    },
  };
}

function apart(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds).unref();
    signal.addEventListener('abort', end);
  });
}
