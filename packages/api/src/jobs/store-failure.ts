/** What went wrong with the store is no fault of the image in whose turn it did. */
export class StoreFailure extends Error {
  /** For `catch`. */
  static raise(this: void, cause: unknown): never {
    throw new StoreFailure('the store failed', { cause });
  }
}
