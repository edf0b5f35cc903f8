/**
 * Data flows one way: this test reads the imports of every source file and holds them to the table
 * of rooms that ARCHITECTURE.md shows.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MAY_IMPORT, MAY_IMPORT_ALL_ABOVE } from './architecture/rooms.ts';
import { isSource, root, type SourceFile, sourceFiles } from './architecture/source-files.ts';

const PACKAGES = ['core', 'api', 'bench'] as const;
const files = Object.fromEntries(
  PACKAGES.map((name) => [name, sourceFiles(`packages/${name}/src/**/*.ts`)]),
) as Record<(typeof PACKAGES)[number], readonly SourceFile[]>;

/** The deepest row that a file is in. */
function roomOf(path: string, rooms: readonly string[]): string | undefined {
  const inside = path.replace(/^packages\/\w+\/src\//, '');
  return rooms
    .filter((room) => inside === room || inside.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

describe.each(PACKAGES)('the rooms of %s', (name) => {
  const table = MAY_IMPORT[name];
  const rooms = Object.keys(table);
  const mayImport = (room: string) =>
    MAY_IMPORT_ALL_ABOVE.includes(room) ? rooms.slice(0, rooms.indexOf(room)) : table[room]!;

  test('every file is in a room that has a row, and every row has a file', () => {
    const found = files[name].map(({ path }) => [path, roomOf(path, rooms)] as const);
    expect(found.filter(([, room]) => room === undefined)).toEqual([]);
    expect(rooms.filter((room) => !found.some(([, one]) => one === room))).toEqual([]);
  });

  test('no row names a room below it', () => {
    for (const [at, room] of rooms.entries()) {
      expect(rooms.slice(0, at), room).toEqual(expect.arrayContaining([...table[room]!]));
    }
  });

  test('a room imports from those of its row alone', () => {
    const strays = files[name].flatMap(({ path, imports }) => {
      const room = roomOf(path, rooms)!;
      return imports
        .filter((to) => to.startsWith('packages/'))
        .filter((to) => {
          const other = roomOf(to, rooms) ?? to;
          return other !== room && !mayImport(room).includes(other);
        })
        .map((to) => `${path} imports ${to}`);
    });
    expect(strays).toEqual([]);
  });

  test('a row names no room that it does not need', () => {
    const needless = rooms.flatMap((room) => {
      const used = files[name]
        .filter(({ path }) => roomOf(path, rooms) === room)
        .flatMap(({ imports }) => imports.map((to) => roomOf(to, rooms)));
      return table[room]!.filter((other) => !used.includes(other)).map(
        (other) => `${room} → ${other}`,
      );
    });
    expect(needless).toEqual([]);
  });

  test('ARCHITECTURE.md shows the same table', () => {
    const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([^`]+)` \| ([^|]+) \| [^|]+ \|$/gm)];
    const shown = new Map(rows.map(([, room, list]) => [room, list]));
    for (const room of rooms) {
      const listed = MAY_IMPORT_ALL_ABOVE.includes(room)
        ? 'all above'
        : table[room]!.map((one) => `\`${one}\``).join(', ') || 'nothing';
      expect(shown.get(`${name}/${room}`), `${name}/${room}`).toBe(listed);
    }
    const strays = [...shown.keys()].filter(
      (row) => row!.startsWith(`${name}/`) && !rooms.includes(row!.slice(name.length + 1)),
    );
    expect(strays).toEqual([]);
  });
});

test('no two files import each other, by way of others or for types alone', () => {
  const imports = new Map(
    Object.values(files)
      .flat()
      .map((file) => [file.path, file.imports]),
  );
  expect(circlesOf(imports)).toEqual([]);
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

test('at the root of api lies only what starts the command', () => {
  const atRoot = globSync('packages/api/src/*.ts', { cwd: root }).map((path) => basename(path));
  expect(atRoot.sort()).toEqual(['main.slow.test.ts', 'main.test.ts', 'main.ts']);
});

test('no file is over 400 lines, and half of them have at most 60', () => {
  const own = globSync(
    '{packages/*/{src,assembly,page},tools,scripts,examples/*}/**/*.{ts,tsx,css,mjs}',
    {
      cwd: root,
      exclude: (path) => /node_modules|^dist$/.test(path),
    },
  ).filter((path) => !path.endsWith('.generated.ts'));
  const lines = own.map((path) => readFileSync(join(root, path), 'utf8').split('\n').length - 1);
  expect(own.filter((_, i) => lines[i]! > 400)).toEqual([]);
  const sources = lines.filter((_, i) => isSource(own[i]!)).sort((a, b) => a - b);
  expect(sources[Math.floor(sources.length / 2)]).toBeLessThanOrEqual(60);
});

test('core knows no GraphQL and no environment, HTTP in one file, and Node only where its name says so', () => {
  const strays = files.core.flatMap(({ path, text, imports }) => {
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
  const strays = Object.values(files)
    .flat()
    .flatMap(({ path, imports }) => {
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

test('one file of api fetches, by the connector that guards it and the cache before it, and the listener alone speaks HTTP', () => {
  const importers = (pattern: RegExp) =>
    files.api
      .filter(({ imports }) => imports.some((name) => pattern.test(name)))
      .map(({ path }) => path);
  expect(importers(/^undici$/)).toEqual([
    'packages/api/src/images/download-cache.ts',
    'packages/api/src/images/fetch-image.ts',
    'packages/api/src/images/guarded-connector.ts',
  ]);
  expect(importers(/^node:https?$/)).toEqual(
    [
      'answer',
      'refuse',
      'room-to-write',
      'send-events',
      'server',
      'shut-down',
      'worker-probes',
    ].map((name) => `packages/api/src/doors/listener/${name}.ts`),
  );
});
