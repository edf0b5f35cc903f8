/**
 * Makes a process of Node wait for a file for ever, as one on a network drive that is away: its work is not over before the
 * test ends it.
 *
 * @param path as the process reads it.
 * @returns variables of its environment.
 */
export function holdingFile(path: string): Readonly<Record<string, string>> {
  const preload = `
    import { promises } from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { readFile } = promises;
    const never = () => new Promise(() => setInterval(() => {}, 60_000));
    promises.readFile = (path, options) =>
      path === ${JSON.stringify(path)} ? never() : readFile(path, options);
    syncBuiltinESMExports();`;
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(preload)}` };
}
