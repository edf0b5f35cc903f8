/**
 * What needs the database to be there for a moment, and is done for good then.
 *
 * @returns tries it unless it is done or under way; what fails is tried again by the next who needs it.
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
