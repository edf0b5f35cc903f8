import type { Socket } from 'node:net';

/** As long as a client may take to begin its first request, in milliseconds: none waits that means to send one. */
const SILENT_MS = 1_000;

/**
 * Closes connections on which nothing has come, again and again until it is told to stop. Browsers open some
 * in advance, and a server that ends would wait for them.
 *
 * @returns stops it.
 */
export function closeSilent(connections: ReadonlySet<Socket>): () => void {
  const silent = () => [...connections].filter(({ bytesRead }) => bytesRead === 0);
  let before = silent();
  const look = () => {
    for (const socket of before) if (socket.bytesRead === 0) socket.destroy();
    before = silent();
  };
  // After a long turn the timer is due before what has come meanwhile is read.
  const timer = setInterval(() => setImmediate(look), SILENT_MS);
  return () => clearInterval(timer);
}
