// Bundles packages/api/page into one module of the server, so that `npm start` needs neither Vite nor Preact. A test
// compares them.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { build } from 'vite';

const inApi = (path: string): string =>
  fileURLToPath(new URL(`../packages/api/${path}`, import.meta.url));

const GENERATED = inApi('src/doors/pages/page.generated.ts');

/** By path, from the page's address on: `index.html`, `page/index-….js`. */
type Files = ReadonlyMap<string, Buffer>;

/** Bundles the page. Equal sources give equal bytes. */
export async function builtFiles(): Promise<Files> {
  const result = await build({
    configFile: false,
    root: inApi('page'),
    base: './',
    logLevel: 'warn',
    mode: 'production',
    // Not as NODE_ENV has it, which is another in tests.
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      target: 'es2023',
      write: false,
      assetsDir: 'page',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // One script to begin with: each more takes its time on a slow processor.
      rolldownOptions: {
        output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
      },
    },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  if (bundle === undefined || !('output' in bundle)) throw new Error('Vite gave no bundle');
  const files = bundle.output.map((file): [string, Buffer] => [
    file.fileName,
    Buffer.from(file.type === 'chunk' ? file.code : file.source),
  ]);
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The files that the server has, as they were before they were compressed. */
export function committedFiles(): Files {
  const entries = readFileSync(GENERATED, 'utf8').matchAll(/^ {2}'([^']+)':\n {4}'([^']+)',$/gm);
  return new Map(
    [...entries].map(([, path, base64]) => [
      path!,
      brotliDecompressSync(Buffer.from(base64!, 'base64')),
    ]),
  );
}

function generatedText(files: Files): string {
  return [
    '// Made by tools/build-page.ts from packages/api/page; not to be edited.',
    '',
    '/** The files of the page by their paths, compressed with Brotli, in base64. */',
    'export const PAGE_FILES: Readonly<Record<string, string>> = {',
    ...[...files].map(
      ([path, bytes]) => `  '${path}':\n    '${brotliCompressSync(bytes).toString('base64')}',`,
    ),
    '};',
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await builtFiles();
  writeFileSync(GENERATED, generatedText(files));
  for (const [path, bytes] of files) {
    console.log(`${path}: ${bytes.length} bytes, ${brotliCompressSync(bytes).length} compressed`);
  }
}
