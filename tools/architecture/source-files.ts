import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  /** What it imports: files from the root of the repository, packages by name. */
  readonly imports: readonly string[];
}

/** Whether it is built into a package. */
export const isSource = (path: string) => !path.endsWith('.test.ts') && !path.includes('/testing/');

/** @param isWanted takes paths from the root; what is built into the packages unless given. */
export function sourceFiles(pattern: string, isWanted = isSource): readonly SourceFile[] {
  return globSync(pattern, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .filter(isWanted)
    .map((path) => {
      // Docstrings hold examples, which import what their readers may.
      const text = readFileSync(join(root, path), 'utf8').replace(/^ *\/\*\*[\s\S]*?\*\/$/gm, '');
      const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
        ([, name]) => name!,
      );
      const imports = specifiers.map((name) =>
        name.startsWith('.')
          ? relative(root, join(root, dirname(path), name))
              .split(sep)
              .join('/')
          : name,
      );
      return { path, text, imports };
    });
}
