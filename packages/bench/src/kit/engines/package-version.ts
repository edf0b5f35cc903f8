import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The version of an installed package, also of one that does not export its `package.json`. */
export function packageVersion(name: string): string {
  const require = createRequire(import.meta.url);
  const found = require.resolve.paths(name)?.flatMap((folder) => {
    try {
      const manifest = join(folder, name, 'package.json');
      return [JSON.parse(readFileSync(manifest, 'utf8')).version as string];
    } catch {
      return [];
    }
  });
  return found?.[0] ?? 'unknown';
}
