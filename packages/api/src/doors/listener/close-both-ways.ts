import type { Socket } from 'node:net';

/** How long a client may take to read its last answer and hang up, in milliseconds. */
const LAST_WORDS_MS = 500;

/**
 * Closes a connection for good once either end has said its last: Node closes its own half alone, and a
 * client that never closes the other would keep the descriptor. Not at once, since what still arrives then
 * resets the connection, and the answer with it (RFC 9112, 9.6).
 */
export function closeBothWays(socket: Socket): void {
  let timer: NodeJS.Timeout | undefined;
  const close = () => {
    timer ??= setTimeout(() => socket.destroy(), LAST_WORDS_MS);
  };
  socket.once('finish', close).once('end', close);
  socket.once('close', () => clearTimeout(timer));
}
