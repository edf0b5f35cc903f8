/** Tells threads whose work nobody waits for whether work that somebody waits for is under way. */
export class BusySignal {
  /** For {@link untilIdle}, in any thread. */
  readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #running = new Int32Array(this.memory);

  begin(): void {
    Atomics.add(this.#running, 0, 1);
  }

  /** To be called once for each beginning. */
  end(): void {
    Atomics.sub(this.#running, 0, 1);
  }
}

/** Milliseconds between looks. */
const LOOK_MS = 5;

/**
 * Waits while work is under way.
 *
 * @param memory of a {@link BusySignal}.
 * @param most milliseconds to wait, so that work which gives way is done at some time.
 */
export async function untilIdle(memory: SharedArrayBuffer, most: number): Promise<void> {
  const running = new Int32Array(memory);
  const until = performance.now() + most;
  while (Atomics.load(running, 0) > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
