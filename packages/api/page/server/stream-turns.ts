/** A browser opens six connections to a server that speaks HTTP/1.1, and each stream keeps one. */
const STREAMS = 3;

let free = STREAMS;
/** Who waits for a turn, the first first. */
const waiting = new Set<() => void>();

/**
 * Waits until another stream may be opened, so that requests always find a connection.
 *
 * @returns to be called when that stream has ended.
 * @throws the signal's reason.
 */
export async function streamTurn(signal: AbortSignal): Promise<() => void> {
  while (free === 0) await nextTurn(signal);
  signal.throwIfAborted();
  free -= 1;
  return () => {
    free += 1;
    for (const call of waiting) call();
  };
}

function nextTurn(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      waiting.delete(call);
      signal.removeEventListener('abort', abort);
      settle();
    };
    const call = () => end(resolve);
    const abort = () => end(() => reject(signal.reason));
    signal.throwIfAborted();
    waiting.add(call);
    signal.addEventListener('abort', abort);
  });
}
