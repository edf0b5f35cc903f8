// Builds @clipql/core into an empty folder and packs it there, so that nothing left over from an
// earlier build gets into the package. `pnpm pack-core FOLDER` leaves the tarball for `npm publish`.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const core = join(root, 'packages/core');

/** As the package's own, for the folder that is packed. */
const TSCONFIG = {
  extends: join(core, 'tsconfig.json'),
  compilerOptions: {
    rootDir: 'src',
    outDir: 'dist',
    tsBuildInfoFile: 'dist/tsconfig.tsbuildinfo',
    typeRoots: [join(root, 'node_modules/@types')],
  },
  include: ['src'],
  exclude: ['**/*.test.ts', '**/testing/**'],
};

export interface PackedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** What npm says of a package that it has packed. */
export interface PackedCore {
  /** Path of the tarball. */
  readonly tarball: string;
  /** The folder that was packed. */
  readonly folder: string;
  /** Bytes of the tarball. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly PackedFile[];
}

/**
 * Packs @clipql/core.
 *
 * @param target a folder that is there; gets the tarball, and the folder `core` that was packed.
 */
export async function packCore(target: string): Promise<PackedCore> {
  const folder = join(resolve(target), 'core');
  mkdirSync(folder);
  for (const file of ['package.json', 'README.md', 'LICENSE', 'NOTICE', 'src']) {
    cpSync(join(core, file), join(folder, file), { recursive: true });
  }
  // The compiler and the linter look up what it depends on; npm packs no links.
  symlinkSync(join(core, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', folder]);
  await includeGpuJs(folder);
  // pnpm hands on settings of its own, of which npm would warn.
  const quiet = ['--json', '--loglevel', 'error'];
  const report = run('npm', ['pack', ...quiet, '--pack-destination', resolve(target)], folder);
  const [packed] = JSON.parse(report) as [PackedCore & { readonly filename: string }];
  const { filename, size, unpackedSize, files } = packed;
  return { tarball: join(resolve(target), filename), folder, size, unpackedSize, files };
}

/**
 * Puts gpu.js into the package, for browsers as it publishes it and for Node in one file, with its licence.
 * As a dependency it would bring an older WebGPU for Node of 84 MB, which is never loaded and makes npm
 * install the newer one too.
 */
async function includeGpuJs(folder: string): Promise<void> {
  const gpuJs = join(core, 'node_modules/gpu.js');
  const target = join(folder, 'dist/gpu.js');
  mkdirSync(target);
  cpSync(join(gpuJs, 'LICENSE'), join(target, 'LICENSE'));
  cpSync(join(gpuJs, 'dist/gpu-browser.min.js'), join(target, 'browser.cjs'));
  await build({
    configFile: false,
    root: gpuJs,
    logLevel: 'warn',
    build: {
      ssr: true,
      minify: true,
      target: 'node22',
      outDir: target,
      emptyOutDir: false,
      lib: { entry: 'src/index.js', formats: ['cjs'] },
      // gl is WebGL for Node, which gpu.js tries and does without.
      rolldownOptions: { external: ['gl'], output: { entryFileNames: 'node.cjs' } },
    },
    ssr: { noExternal: true },
  });
  const manifestPath = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
  delete manifest.dependencies['gpu.js'];
  manifest.imports['#gpu-js'] = {
    node: './dist/gpu.js/node.cjs',
    default: './dist/gpu.js/browser.cjs',
  };
  writeFileSync(
    manifestPath,
    `${JSON.stringify(manifest, null, 2)}
`,
  );
}

function run(command: string, args: readonly string[], cwd = root): string {
  const options = { cwd, encoding: 'utf8' } as const;
  return execFileSync(command, args, options);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [target = '.'] = process.argv.slice(2);
  const temporary = mkdtempSync(join(tmpdir(), 'clipql-pack-'));
  const { tarball, size, files } = await packCore(temporary);
  const made = join(target, basename(tarball));
  cpSync(tarball, made);
  rmSync(temporary, { recursive: true });
  console.log(`${made}: ${files.length} files, ${Math.round(size / 1000)} kB`);
}
