export interface Rejectable {
  readonly promise: Promise<never>;
  readonly reject: (error: Error) => void;
}

/** A promise to be rejected later, which may go unheard. */
export function rejectable(): Rejectable {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  promise.catch(() => {});
  return { promise, reject };
}
