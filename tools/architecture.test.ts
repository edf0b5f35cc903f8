/**
 * Data flows one way: this test reads the imports of every source file and holds them to the lines
 * that ARCHITECTURE.md draws.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  /** What it imports: files from the root of the repository, packages by name. */
  readonly imports: readonly string[];
}

const isSource = (path: string) => !path.endsWith('.test.ts') && !path.includes('/testing/');

/** @param isWanted takes paths from the root; what is built into the packages unless given. */
function sourceFiles(pattern: string, isWanted = isSource): readonly SourceFile[] {
  return globSync(pattern, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .filter(isWanted)
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
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

const core = sourceFiles('packages/core/src/**/*.ts');

/** For each room of core, the other rooms that it may import from. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  config: ['errors.ts', 'image', 'json.ts'],
  graph: ['config'],
  model: ['config', 'graph'],
  backends: ['base64.ts', 'config', 'errors.ts', 'graph'],
  weights: ['crc32.ts', 'errors.ts', 'json.ts', 'graph'],
  text: ['config', 'errors.ts', 'json.ts'],
  image: ['base64.ts', 'crc32.ts', 'errors.ts'],
  node: ['errors.ts', 'model-files.ts', 'weights'],
};

describe.each(Object.entries(MAY_IMPORT))('core/src/%s', (room, allowed) => {
  test(`imports from ${allowed.join(', ')} and itself alone`, () => {
    const files = core.filter(({ path }) => path.startsWith(`packages/core/src/${room}/`));
    expect(files).not.toEqual([]);
    const strays = files.flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('packages/'))
        .filter((name) => {
          const [first] = name.slice('packages/core/src/'.length).split('/');
          return first !== room && !allowed.includes(first!);
        })
        .map((name) => `${path} imports ${name}`),
    );
    expect(strays).toEqual([]);
  });
});

test('core knows no GraphQL and no environment, HTTP in one file, and Node only where its name says so', () => {
  const strays = core.flatMap(({ path, text, imports }) => {
    const inNode = path.startsWith('packages/core/src/node/') || path.endsWith('.node.ts');
    const wrong = imports.filter(
      (name) =>
        /^(graphql|@pothos|node:https?|node:net)/.test(name) ||
        (name === 'undici' && path !== 'packages/core/src/node/hub/http.ts') ||
        (name.startsWith('node:') && !inNode),
    );
    if (/process\.env/.test(text)) wrong.push('process.env');
    return wrong.map((name) => `${path}: ${name}`);
  });
  expect(strays).toEqual([]);
});

test('api reaches core through its exports, and nothing imports bench', () => {
  const api = sourceFiles('packages/api/src/**/*.ts');
  const bench = sourceFiles('packages/bench/src/**/*.ts');
  expect(api).not.toEqual([]);
  expect(bench).not.toEqual([]);
  const strays = [...core, ...api, ...bench].flatMap(({ path, imports }) => {
    const ownPackage = path.split('/').slice(0, 2).join('/');
    return imports
      .filter((name) => name.startsWith('@clipql/bench') || name.startsWith('@clipql/api'))
      .concat(imports.filter((n) => n.startsWith('packages/') && !n.startsWith(`${ownPackage}/`)))
      .map((name) => `${path} imports ${name}`);
  });
  expect(strays).toEqual([]);
});

test('core’s tests know no other package either', () => {
  const tests = sourceFiles('packages/core/src/**/*.ts', (path) => !isSource(path));
  expect(tests).not.toEqual([]);
  const strays = tests.flatMap(({ path, imports }) =>
    imports
      .filter((name) => /^(@clipql|packages)\/(?!core\b)/.test(name))
      .map((name) => `${path} imports ${name}`),
  );
  expect(strays).toEqual([]);
});

test('one file of api fetches, by the connector that guards it, and the listener alone speaks HTTP', () => {
  const api = sourceFiles('packages/api/src/**/*.ts');
  const importers = (pattern: RegExp) =>
    api.filter(({ imports }) => imports.some((name) => pattern.test(name))).map(({ path }) => path);
  expect(importers(/^undici$/)).toEqual([
    'packages/api/src/images/fetch-image.ts',
    'packages/api/src/images/guarded-connector.ts',
  ]);
  expect(importers(/^node:https?$/)).toEqual(
    ['answer', 'refuse', 'server', 'shut-down'].map(
      (name) => `packages/api/src/listener/${name}.ts`,
    ),
  );
});

/** For each question that bench answers, the rooms that it may import from. */
const BENCH_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kit: [],
  parity: ['kit'],
  speed: ['kit'],
  load: ['kit'],
  accuracy: ['kit'],
  probes: ['kit'],
  published: ['kit'],
  report: ['kit'],
  // Holds what two others measure to a baseline.
  ci: ['kit', 'parity', 'speed'],
};

test('bench’s rooms share their kit alone, and at its root is only what starts the command', () => {
  const home = 'packages/bench/src/';
  const strays = sourceFiles(`${home}**/*.ts`).flatMap(({ path, imports }) => {
    const [room, ...rest] = path.slice(home.length).split('/');
    if (rest.length === 0) return ['main.ts', 'run-bench.ts'].includes(room!) ? [] : [path];
    const allowed = BENCH_MAY_IMPORT[room!] ?? [];
    return imports
      .filter((name) => name.startsWith(home))
      .filter((name) => {
        const [other] = name.slice(home.length).split('/');
        return other !== room && !allowed.includes(other!);
      })
      .map((name) => `${path} imports ${name}`);
  });
  expect(strays).toEqual([]);
  const rooms = globSync(`${home}*/`, { cwd: root }).map((path) => path.slice(home.length));
  expect(rooms.sort()).toEqual(Object.keys(BENCH_MAY_IMPORT).sort());
});

/** Packages in which no import leads back to its file, on any way, types included. */
test.each(['bench'])('%s has no circle of imports', (name) => {
  const everything = sourceFiles(`packages/${name}/src/**/*.ts`, () => true);
  expect(circlesOf(new Map(everything.map(({ path, imports }) => [path, imports])))).toEqual([]);
});

test('a circle of imports is found, however long, and named by its files', () => {
  const imports = { a: ['b'], b: ['c', 'd'], c: ['a'], d: ['node:fs'], e: ['e'] };
  expect(circlesOf(new Map(Object.entries(imports)))).toEqual(['a → b → c → a', 'e → e']);
});

/** One circle for each import that leads back to a file on the way to it. */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const seen = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start !== -1) circles.push([...way.slice(start), path].join(' → '));
    if (seen.has(path)) return;
    seen.add(path);
    for (const next of imports.get(path) ?? []) visit(next, [...way, path]);
  };
  for (const path of imports.keys()) visit(path, []);
  return circles;
}
