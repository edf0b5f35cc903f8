// Compiles the kernels in packages/*/assembly and writes the modules beside the sources as text, so that neither
// `npm start` nor a user of the package needs the compiler. A test compares them.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const inPackages = (path: string): string =>
  fileURLToPath(new URL(`../packages/${path}`, import.meta.url));

const THREADS: readonly string[] = [
  '--enable',
  'threads',
  '--sharedMemory',
  '--maximumMemory',
  '65536',
];
const RELAXED: readonly string[] = ['--enable', 'relaxed-simd'];

/** A generated file, and the builds that it holds by name. */
interface Target {
  readonly file: string;
  readonly entry: string;
  readonly comment: string;
  readonly constant: string;
  readonly builds: Readonly<Record<string, readonly string[]>>;
}

const TARGETS: readonly Target[] = [
  {
    file: inPackages('core/src/backends/wasm/kernels.generated.ts'),
    entry: inPackages('core/assembly/run.ts'),
    comment: 'The plan interpreter: with relaxed SIMD or without, with shared memory or without.',
    constant: 'KERNELS',
    builds: {
      plain: [],
      relaxed: RELAXED,
      plainThreads: THREADS,
      relaxedThreads: [...RELAXED, ...THREADS],
    },
  },
  {
    file: inPackages('core/src/flat/kernels.generated.ts'),
    entry: inPackages('core/assembly/flat/run.ts'),
    comment: 'The flat index: with shared memory or without.',
    constant: 'FLAT_KERNELS',
    builds: { plain: [], plainThreads: THREADS },
  },
  {
    file: inPackages('core/src/image/resize/resize-row.generated.ts'),
    entry: inPackages('core/assembly/resize-row.ts'),
    comment: 'The horizontal pass of resizing.',
    constant: 'RESIZE_ROW',
    builds: { plain: [] },
  },
  {
    file: inPackages('core/src/guided/kernels.generated.ts'),
    entry: inPackages('core/assembly/guided/run.ts'),
    comment: 'What a guided picture computes outside of models.',
    constant: 'PICTURE_KERNELS',
    builds: { plain: [] },
  },
  {
    file: inPackages('bench/src/search/read-memory.generated.ts'),
    entry: inPackages('bench/assembly/read-memory.ts'),
    comment: 'Reads memory, and does little else.',
    constant: 'READ_MEMORY',
    builds: { plainThreads: THREADS },
  },
];

async function generatedText({ entry, comment, constant, builds }: Target): Promise<string> {
  const modules: string[] = [];
  for (const [name, features] of Object.entries(builds)) {
    modules.push(`  ${name}:\n    '${await compile(entry, features)}',`);
  }
  const folder = dirname(relative(inPackages('..'), entry));
  // The type is written out: inferred, the modules would stand in the package's declarations too.
  const names = Object.keys(builds).map((name) => `'${name}'`);
  const type = `Readonly<Record<${names.join(' | ')}, string>>`;
  return [
    `// Made by tools/build-kernels.ts from ${folder}; not to be edited.`,
    '',
    `/** ${comment} WebAssembly modules in base64. */`,
    `export const ${constant}: ${type} = {`,
    ...modules,
    '} as const;',
    '',
  ].join('\n');
}

async function compile(entry: string, features: readonly string[]): Promise<string> {
  const output = new Map<string, string | Uint8Array>();
  const { error, stderr } = await asc.main(
    [
      // -O3 moves the steps of an unrolled loop into each other, and the registers run out.
      ...[entry, '--outFile', 'kernels.wasm', '-O2', '--noAssert', '--runtime', 'stub'],
      ...['--importMemory', '--initialMemory', '1', '--enable', 'simd', ...features],
    ],
    {
      writeFile: (name, contents) => {
        output.set(name, contents);
      },
    },
  );
  if (error) throw new Error(`${stderr}\n${error.message}`);
  const wasm = output.get('kernels.wasm');
  if (!(wasm instanceof Uint8Array)) throw new Error('the compiler wrote no module');
  return Buffer.from(wasm).toString('base64');
}

/** The committed files that are not what the sources compile to. */
export async function staleKernels(): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const target of TARGETS) {
    if (readFileSync(target.file, 'utf8') !== (await generatedText(target)))
      stale.push(target.file);
  }
  return stale;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const target of TARGETS) writeFileSync(target.file, await generatedText(target));
}
