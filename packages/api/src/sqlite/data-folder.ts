import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the command line keeps its data unless told: `$XDG_DATA_HOME/clipql` or `~/.local/share/clipql`,
 * `~/Library/Application Support/clipql` on macOS, `%LOCALAPPDATA%\clipql` on Windows.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function defaultDataFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'clipql');
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'clipql');
  }
  // The specification has relative paths ignored.
  const given = env.XDG_DATA_HOME?.startsWith('/') ? env.XDG_DATA_HOME : undefined;
  return join(given ?? join(home, '.local', 'share'), 'clipql');
}

/** Those that are open. */
const temporary = new Set<string>();

function removeAll(): void {
  for (const path of temporary) rmSync(path, { recursive: true, force: true });
}

/** A data folder that is gone when it is closed, or when the process ends. */
export async function temporaryDataFolder(): Promise<{
  readonly path: string;
  close(): Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), 'clipql-data-'));
  if (temporary.size === 0) process.once('exit', removeAll);
  temporary.add(path);
  return {
    path,
    close: async () => {
      temporary.delete(path);
      if (temporary.size === 0) process.off('exit', removeAll);
      await rm(path, { recursive: true, force: true });
    },
  };
}
