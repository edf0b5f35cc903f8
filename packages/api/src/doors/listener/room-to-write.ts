import type { ServerResponse } from 'node:http';

/**
 * Resolves when there is room for more again, or nobody to write for. A client that takes longer is cut off.
 *
 * @param most milliseconds.
 */
export function roomToWrite(response: ServerResponse, most: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => response.destroy(), Math.max(0, most));
  response.once('drain', resolve).once('close', resolve);
  return promise.finally(() => {
    clearTimeout(timer);
    response.off('drain', resolve).off('close', resolve);
  });
}
