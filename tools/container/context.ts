import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import dockerignore from '@balena/dockerignore';

/** Files of these are never sent to an engine, which `leaksOf` checks; there are too many to walk. */
const PASSED_OVER = new Set(['node_modules', 'dist', '.git']);

/** What must stay out of an image, whatever is added to the repository. */
const PRIVATE = [
  ...[
    '.git/config',
    '.env',
    'packages/api/.env',
    'packages/bench/package.json',
    'tools/package.json',
  ],
  ...['node_modules/x.js', 'packages/api/node_modules/x.js', 'packages/core/dist/x.js'],
  'packages/api/src/testing/api.ts',
];

/** The files that `docker build` would send to its engine, from the repository on. */
export function buildContext(root: string): readonly string[] {
  const files: string[] = [];
  const ignored = ignoredIn(root);
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!PASSED_OVER.has(entry.name)) walk(path);
      } else if (!ignored(path)) {
        files.push(path);
      }
    }
  };
  walk('');
  return files;
}

/** Which of the files that must stay out .dockerignore lets through. */
export function leaksOf(root: string): readonly string[] {
  const ignored = ignoredIn(root);
  return PRIVATE.filter((path) => !ignored(path));
}

function ignoredIn(root: string): (path: string) => boolean {
  const rules = dockerignore.default().add(readFileSync(join(root, '.dockerignore'), 'utf8'));
  return (path) => rules.ignores(path);
}
