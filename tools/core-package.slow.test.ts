// What a user gets who installs @clipql/core.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PackedCore, packCore } from './pack-core.ts';

const tools = dirname(fileURLToPath(import.meta.url));
const root = dirname(tools);
/** Bytes; docs/library.md states the size. */
const MOST_PACKED = 1_400_000;

/** Others than the pinned Node to try, as paths with colons between them. */
const NODES = [process.execPath, ...(process.env.CLIPQL_TEST_NODES?.split(':') ?? [])];

let folder: string;
let packed: PackedCore;
let manifest: {
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clipql-test-'));
  packed = await packCore(folder);
  manifest = JSON.parse(readFileSync(join(packed.folder, 'package.json'), 'utf8'));
});

afterAll(() => rmSync(folder, { recursive: true }));

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pkgDir: packed.folder, strict: true, pack: 'npm' });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

test('attw finds nothing, for a package that is an ES module alone', () => {
  const attw = join(tools, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const args = [attw, packed.tarball, '--profile', 'esm-only', '--format', 'json'];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stdout).toBe(0);
  const { analysis } = JSON.parse(stdout);
  expect(Object.keys(analysis.entrypoints)).toEqual(['.', './image', './node']);
});

test('the package has what its exports name, its sources, its licence, no tests, and is small', () => {
  const paths = packed.files.map(({ path }) => path);
  const targets = Object.values(manifest.exports).flatMap((conditions) =>
    Object.values(conditions),
  );
  expect(targets.length).toBeGreaterThan(3);
  for (const target of targets) expect(paths).toContain(target.slice('./'.length));
  for (const file of ['package.json', 'README.md', 'LICENSE', 'NOTICE'])
    expect(paths).toContain(file);
  const strays = paths.filter(
    (path) => !/^(dist|src)\/|^(package\.json|README\.md|LICENSE|NOTICE)$/.test(path),
  );
  expect(strays).toEqual([]);
  expect(paths.filter((path) => /\.test\.|\/testing\/|tsbuildinfo/.test(path))).toEqual([]);
  // Every map leads to a source that is there.
  for (const map of paths.filter((path) => path.endsWith('.js.map'))) {
    expect(paths).toContain(map.replace(/^dist/, 'src').replace(/\.js\.map$/, '.ts'));
  }
  expect(packed.size).toBeLessThan(MOST_PACKED);
  expect(readFileSync(join(packed.folder, 'LICENSE'))).toEqual(readFileSync(join(root, 'LICENSE')));
});

test('docs/library.md states the size', () => {
  const page = readFileSync(join(root, 'docs/library.md'), 'utf8');
  const [, stated] = /about\s+([\d.]+) MB packed/.exec(page)!;
  expect(Math.abs(packed.size / 1e6 - Number(stated))).toBeLessThan(0.1);
});

const CONSUMER = `
import { readFile } from 'node:fs/promises';
import { loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
const [model, image] = process.argv.slice(2);
const clip = await loadClip(await modelFromFolder(model!));
const [answer] = await clip.classify([await readFile(image!)], ['sheep', 'boat', 'house']);
console.log(answer!.best.label);
clip.dispose();
`;

/** An empty folder with the tarball's content, and with what it depends on, and nothing else. */
function installed(): string {
  const place = mkdtempSync(join(folder, 'installed-'));
  const modules = join(place, 'node_modules');
  const core = join(modules, '@clipql/core');
  mkdirSync(core, { recursive: true });
  execFileSync('tar', ['-xzf', packed.tarball, '-C', core, '--strip-components=1']);
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'packages/core/node_modules', name), join(modules, name));
  }
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(place, 'consumer.mjs'), CONSUMER.replaceAll('!', ''));
  writeFileSync(join(place, 'consumer.ts'), CONSUMER);
  return place;
}

test.each(NODES)('the tarball, installed into an empty folder, classifies under %s', (node) => {
  const place = installed();
  const model = join(root, 'models/nano');
  const image = join(root, 'packages/api/examples/march-pastoral.jpg');
  const answer = execFileSync(node, ['consumer.mjs', model, image], {
    cwd: place,
    encoding: 'utf8',
  });
  expect(answer).toBe('sheep\n');
});

test.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])(
  'its types hold in a strict program, with module %s and resolution %s',
  (module, moduleResolution) => {
    const place = installed();
    const types = join(place, 'node_modules/@types');
    mkdirSync(types);
    symlinkSync(join(root, 'node_modules/@types/node'), join(types, 'node'));
    const tsconfig = {
      compilerOptions: {
        ...{ module, moduleResolution, target: 'ES2024', types: ['node'], noEmit: true },
        ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
      },
      files: ['consumer.ts'],
    };
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(tsconfig));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', place], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  },
);
