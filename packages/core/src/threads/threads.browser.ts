import type { StartThread } from './thread.ts';

export const startThread: StartThread = (source, data, onLost) => {
  const worker = workerOf(`${source}\nonmessage = ({ data }) => work(data);`);
  worker.onerror = (event) => onLost(event.message || 'it could not be started');
  worker.postMessage(data);
  return {
    terminate: async () => worker.terminate(),
    keepAlive: () => {},
  };
};

function workerOf(script: string): Worker {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  try {
    return new Worker(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

export function defaultThreads(): number {
  return Math.max(1, navigator.hardwareConcurrency || 1);
}

/**
 * A page shares memory with its workers only when it is cross-origin isolated; without
 * `Atomics.waitAsync` it could not wait for them.
 */
export const canShareMemory = (): boolean =>
  globalThis.crossOriginIsolated === true && 'waitAsync' in Atomics;

/** Whether threads start at all: a page's content security policy may forbid workers from blobs. */
export async function canStartThreads(): Promise<boolean> {
  try {
    // Browsers tell in either of two ways: by throwing here, or by an event.
    const worker = workerOf('postMessage(0)');
    const started = await new Promise<boolean>((resolve) => {
      worker.onmessage = () => resolve(true);
      worker.onerror = () => resolve(false);
    });
    worker.terminate();
    return started;
  } catch {
    return false;
  }
}
