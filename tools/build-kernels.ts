// Compiles packages/core/assembly and writes the modules into packages/core as text, so that neither
// `npm start` nor a user of the package needs the compiler. `--check` compares and writes nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ENTRY = fileURLToPath(new URL('../packages/core/assembly/run.ts', import.meta.url));
const TARGET = fileURLToPath(
  new URL('../packages/core/src/backends/wasm/kernels.generated.ts', import.meta.url),
);

const THREADS: readonly string[] = [
  '--enable',
  'threads',
  '--sharedMemory',
  '--maximumMemory',
  '65536',
];
const RELAXED: readonly string[] = ['--enable', 'relaxed-simd'];
const BUILDS: Readonly<Record<string, readonly string[]>> = {
  plain: [],
  relaxed: RELAXED,
  plainThreads: THREADS,
  relaxedThreads: [...RELAXED, ...THREADS],
};

/** The text of `kernels.generated.ts`. */
async function compileKernels(): Promise<string> {
  const modules: string[] = [];
  for (const [name, features] of Object.entries(BUILDS)) {
    modules.push(`  ${name}:\n    '${await compile(features)}',`);
  }
  return [
    '// Made by tools/build-kernels.ts from packages/core/assembly; not to be edited.',
    '',
    '/** WebAssembly modules in base64: with relaxed SIMD or without, with shared memory or without. */',
    'export const KERNELS = {',
    ...modules,
    '} as const;',
    '',
  ].join('\n');
}

async function compile(features: readonly string[]): Promise<string> {
  const output = new Map<string, string | Uint8Array>();
  const { error, stderr } = await asc.main(
    [
      ...[ENTRY, '--outFile', 'kernels.wasm', '-O3', '--noAssert', '--runtime', 'stub'],
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

/** Whether the committed file is what the sources compile to. */
export const isCurrent = async (): Promise<boolean> =>
  readFileSync(TARGET, 'utf8') === (await compileKernels());

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(TARGET, await compileKernels());
  else if (!(await isCurrent())) {
    console.error('kernels.generated.ts is not what packages/core/assembly compiles to');
    process.exitCode = 1;
  }
}
