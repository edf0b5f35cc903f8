import type { Socket } from 'node:net';

/** How long a client may take to read its last answer and hang up, in milliseconds. */
const LAST_WORDS_MS = 500;

/**
 * Closes a connection in two steps (RFC 9112, 9.6). First the server's half, after the last answer. Then,
 * when the client has closed its own, or has had its time, the rest. In one step, as Node does it, whatever
 * the client still sends would reset the connection, and the answer would be lost. Without the second, a
 * client that never closes its half would keep the descriptor.
 */
export function closeBothWays(socket: Socket): void {
  let timer: NodeJS.Timeout | undefined;
  const close = () => {
    timer ??= setTimeout(() => socket.destroy(), LAST_WORDS_MS);
  };
  socket.once('finish', close).once('end', close);
  socket.once('close', () => clearTimeout(timer));
  // Node calls this after the last answer.
  socket.destroySoon = () => socket.end();
}
