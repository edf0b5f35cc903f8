/**
 * Data flows one way: this test reads the imports of every source file and holds them to the table
 * of rooms that ARCHITECTURE.md shows.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * For each room, the rooms it may import from; a row's rooms stand above it, so nothing goes up. A file
 * beside the rooms is a room of its own.
 */
const MAY_IMPORT: Readonly<
  Record<'core' | 'api' | 'bench', Readonly<Record<string, readonly string[]>>>
> = {
  core: {
    'node-version.ts': [],
    'errors.ts': [],
    'base64.ts': [],
    'crc32.ts': [],
    'vectors.ts': [],
    'json.ts': ['errors.ts'],
    image: ['node-version.ts', 'base64.ts', 'crc32.ts', 'errors.ts'],
    config: ['errors.ts', 'image', 'json.ts'],
    text: ['base64.ts', 'config', 'errors.ts', 'json.ts'],
    graph: ['config'],
    model: ['config', 'graph'],
    weights: ['crc32.ts', 'errors.ts', 'graph', 'json.ts'],
    threads: ['base64.ts', 'errors.ts'],
    backends: ['config', 'errors.ts', 'graph', 'threads'],
    flat: ['errors.ts', 'threads'],
    search: ['errors.ts', 'vectors.ts'],
    evaluation: ['errors.ts'],
    'model-files.ts': ['errors.ts', 'weights'],
    'model-layout.ts': ['config', 'errors.ts', 'graph', 'model-files.ts', 'weights'],
    'classify.ts': ['vectors.ts'],
    'few-shot': ['errors.ts', 'vectors.ts', 'classify.ts', 'evaluation'],
    'clip-info.ts': ['backends', 'classify.ts'],
    'gradient-targets.ts': ['errors.ts'],
    encoder: ['backends', 'config', 'graph', 'model', 'threads', 'weights'],
    'clip.ts': [],
    'load-clip.ts': [],
    guided: [
      'crc32.ts',
      'errors.ts',
      'vectors.ts',
      'image',
      'threads',
      'gradient-targets.ts',
      'clip.ts',
    ],
    hub: ['errors.ts'],
    browser: ['errors.ts', 'json.ts', 'weights', 'model-files.ts', 'hub'],
    node: ['node-version.ts', 'errors.ts', 'model-files.ts', 'weights', 'hub'],
    'model-from-hub.ts': ['errors.ts', 'model-files.ts', 'hub'],
    'index.ts': [],
  },
  api: {
    errors: [],
    threads: [],
    files: ['errors'],
    limits: ['errors'],
    telemetry: ['errors'],
    images: ['errors', 'limits', 'telemetry'],
    sqlite: ['errors', 'files', 'threads'],
    postgres: ['errors'],
    access: ['errors', 'images', 'postgres'],
    collections: ['access', 'errors', 'limits', 'postgres', 'sqlite', 'threads'],
    'embedding-file': ['errors', 'files'],
    'collection-files': ['collections', 'embedding-file', 'errors', 'files'],
    inference: ['errors', 'images', 'telemetry', 'threads'],
    classifiers: [
      'access',
      'collections',
      'errors',
      'inference',
      'limits',
      'postgres',
      'sqlite',
      'telemetry',
      'threads',
    ],
    models: ['errors', 'inference'],
    jobs: [
      'access',
      'classifiers',
      'collections',
      'errors',
      'images',
      'inference',
      'limits',
      'models',
      'postgres',
      'sqlite',
      'telemetry',
      'threads',
    ],
    pictures: ['access', 'errors', 'files', 'images', 'jobs', 'limits', 'models', 'threads'],
    loaders: ['errors', 'images', 'inference', 'limits', 'models'],
    'label-sets': ['access', 'errors', 'files', 'limits', 'loaders', 'models', 'postgres'],
    answers: [
      'access',
      'classifiers',
      'collections',
      'errors',
      'images',
      'inference',
      'jobs',
      'label-sets',
      'limits',
      'loaders',
      'models',
      'pictures',
      'telemetry',
      'threads',
    ],
    settings: ['access', 'errors', 'images', 'inference', 'limits', 'models', 'postgres'],
    'doors/requests': ['access', 'answers', 'errors', 'limits', 'settings', 'telemetry'],
    'doors/graphql': [
      'answers',
      'classifiers',
      'collections',
      'doors/requests',
      'errors',
      'images',
      'inference',
      'jobs',
      'label-sets',
      'limits',
      'loaders',
      'models',
      'pictures',
      'telemetry',
    ],
    'doors/rest': ['access', 'answers', 'doors/requests', 'errors', 'images', 'limits', 'settings'],
    'doors/pages': ['doors/requests', 'errors', 'images', 'settings'],
    doors: [
      'answers',
      'doors/graphql',
      'doors/pages',
      'doors/requests',
      'doors/rest',
      'images',
      'limits',
      'telemetry',
    ],
    'doors/listener': ['doors', 'doors/requests', 'errors', 'telemetry'],
    doctor: ['errors', 'models', 'settings'],
    commands: [],
    'main.ts': [],
  },
  bench: {
    kit: [],
    parity: ['kit'],
    gradients: ['kit'],
    speed: ['kit'],
    load: ['kit'],
    accuracy: ['kit'],
    relevance: ['accuracy', 'kit'],
    'few-shot': ['accuracy', 'kit'],
    pictures: ['kit'],
    probes: ['kit'],
    published: ['kit'],
    search: ['kit'],
    report: ['kit'],
    ci: ['kit', 'parity', 'speed'],
    'run-bench.ts': [],
    'main.ts': [],
  },
};

/** Rooms in which everything comes together: they may import any room above them. */
const MAY_IMPORT_ALL_ABOVE = [
  'clip.ts',
  'load-clip.ts',
  'index.ts',
  'commands',
  'run-bench.ts',
  'main.ts',
];

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
