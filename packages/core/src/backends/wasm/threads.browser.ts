import type { StartThread } from './thread.ts';

export const startThread: StartThread = (source, data, onLost) => {
  const script = `${source}\nonmessage = ({ data }) => work(data);`;
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.onerror = (event) => onLost(event.message || 'it could not be started');
  worker.postMessage(data);
  return {
    terminate: async () => worker.terminate(),
    keepAlive: () => {},
  };
};

export function defaultThreads(): number {
  return Math.max(1, navigator.hardwareConcurrency || 1);
}

/** A page shares memory with its workers only when it is cross-origin isolated. */
export const canShareMemory = (): boolean => globalThis.crossOriginIsolated === true;
