import { statSync } from 'node:fs';

/**
 * Remembers the file at a path.
 *
 * @returns whether it is still there: what is written to a file that was deleted is lost when it is closed.
 */
export function fileStays(path: string): () => boolean {
  const opened = identityOf(path);
  return () => identityOf(path) === opened;
}

function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
