/**
 * Work that has to succeed once, for which the database must be there.
 *
 * @returns a function that starts it, or waits for it if it has begun. After a failure the next call starts it again.
 */
export function onceThere<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => {
    started ??= start().catch((error) => {
      started = undefined;
      throw error;
    });
    return started;
  };
}
