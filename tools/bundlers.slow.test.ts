// What a user gets who installs the packed library beside a bundler, in an empty folder, with no setting.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { folderAt, hasChromium, launchChromium } from './browser/chromium.ts';
import { serve } from './browser/serve.ts';
import { type PackedCore, packCore } from './pack-core.ts';

const VITE = 'vite@8.3.8';
const ESBUILD = 'esbuild@0.28.2';
const NEXT = ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'];
const TYPESCRIPT = ['typescript@5.4.5', '@types/node@20.19.24'];
/** Node as a package without scripts, for this system. */
const OLD_NODE = `node-${process.platform}-${process.arch}@20.19.5`;

const NANO = folderAt('models/nano');
const IMAGES = folderAt('packages/core/src/image/testing/files');
const PICTURES = ['cmyk.expected.png', 'progressive.jpg', 'lossless.webp'];

const npm = (args: readonly string[], cwd: string) =>
  spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
  });

const isReachable = npm(['view', ESBUILD, 'version', '--fetch-retries=0'], tmpdir()).status === 0;
const runs = isReachable && hasChromium();
if (!runs) {
  const lacking = isReachable ? '/usr/bin/chromium' : 'registry of npm that can be reached';
  test.skip(`the library in bundlers: skipped, since there is no ${lacking}`, () => {});
}

/** Embeds the pictures, which the page's server has beside the model. */
const MAIN = `
import { loadClip, modelFromBytes } from '@clipql/core';

const names = ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'model.safetensors'];
const bytesAt = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

globalThis.embed = async (pictures) => {
  const files = await Promise.all(names.map(async (name) => [name, await bytesAt('/' + name)]));
  const clip = await loadClip(modelFromBytes('nano', Object.fromEntries(files)));
  const embeddings = await clip.encodeImages(pictures.map((name) => '/' + name));
  clip.dispose();
  return embeddings.map((embedding) => [...embedding]);
};
`;

const html = (script: string) =>
  `<!doctype html><link rel="icon" href="data:," /><script type="module" src="${script}"></script>`;

describe.runIf(runs)('the packed library', () => {
  let folder: string;
  let packed: PackedCore;
  let browser: Browser;
  let expected: readonly (readonly number[])[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clipql-bundlers-'));
    packed = await packCore(folder);
    browser = await launchChromium();
    const clip = await loadClip(await modelFromFolder(NANO));
    const bytes = await Promise.all(PICTURES.map((name) => readFile(join(IMAGES, name))));
    expected = (await clip.encodeImages(bytes)).map((embedding) => [...embedding]);
    clip.dispose();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A project with packages from the registry, and then the library, as its page has it. */
  function project(packages: readonly string[], files: Readonly<Record<string, string>>): string {
    const place = mkdtempSync(join(folder, 'project-'));
    writeFileSync(join(place, 'package.json'), '{ "private": true, "type": "module" }');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(place, name)), { recursive: true });
      writeFileSync(join(place, name), text);
    }
    for (const args of [packages, [packed.tarball]]) {
      const { status, stdout, stderr } = npm(['install', ...args], place);
      expect(status, `${stdout}${stderr}`).toBe(0);
    }
    return place;
  }

  function run(place: string, script: string, ...args: readonly string[]): string {
    const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
    const path = join(place, 'node_modules', script);
    return execFileSync(process.execPath, [path, ...args], {
      cwd: place,
      encoding: 'utf8',
      env,
      stdio: 'pipe',
    });
  }

  async function expectAsInNode(url: string): Promise<void> {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    page.setDefaultTimeout(0);
    await page.goto(url);
    await page.waitForFunction(() => 'embed' in globalThis);
    const embeddings = await page.evaluate(
      (pictures) =>
        (globalThis as unknown as { embed(names: readonly string[]): Promise<number[][]> }).embed(
          pictures,
        ),
      PICTURES,
    );
    for (const [i, want] of expected.entries()) {
      const got = embeddings[i]!;
      expect(got.length).toBe(want.length);
      expect(Math.hypot(...got.map((value, at) => value - want[at]!)), PICTURES[i]).toBeLessThan(
        1e-5,
      );
    }
  }

  async function expectAsServed(built: string): Promise<void> {
    const site = await serve([built, NANO, IMAGES]);
    onTestFinished(() => site.close());
    await expectAsInNode(site.url);
  }

  test('built by vite, embeds as in Node, and vite’s own native packages stay', async () => {
    const place = project([VITE], { 'index.html': html('./main.js'), 'main.js': MAIN });
    const scopes = readdirSync(join(place, 'node_modules/@rolldown'));
    expect(scopes.filter((name) => name.startsWith('binding-'))).not.toEqual([]);
    run(place, 'vite/bin/vite.js', 'build');
    await expectAsServed(join(place, 'dist'));
  });

  test('bundled by esbuild, which leaves the decoders behind, embeds as in Node', async () => {
    const place = project([ESBUILD], { 'main.js': MAIN });
    execFileSync(
      join(place, 'node_modules/.bin/esbuild'),
      ['main.js', '--bundle', '--format=esm', '--outdir=out', '--log-level=error'],
      { cwd: place },
    );
    writeFileSync(join(place, 'out/index.html'), html('./main.js'));
    expect(readdirSync(join(place, 'out')).sort()).toEqual(['index.html', 'main.js']);
    await expectAsServed(join(place, 'out'));
  });

  test('in a client component built by next, embeds as in Node', async () => {
    const place = project(NEXT, {
      'app/layout.jsx':
        'export default ({ children }) => <html lang="en"><body>{children}</body></html>;',
      'app/page.jsx': `'use client';\n${MAIN}\nexport default () => <main>CLIP</main>;`,
    });
    for (const source of [NANO, IMAGES]) cpSync(source, join(place, 'public'), { recursive: true });
    run(place, 'next/dist/bin/next', 'build');
    const next = join(place, 'node_modules/next/dist/bin/next');
    const server = spawn(process.execPath, [next, 'start', '--port', '0'], {
      cwd: place,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void server.kill());
    for await (const line of createInterface(server.stdout)) {
      const [url] = /http:\/\/localhost:\d+/.exec(line) ?? [];
      if (url === undefined) continue;
      server.stdout.resume();
      await expectAsInNode(url);
      return;
    }
    throw new Error('next start ended without an address');
  }, 300_000);

  test('its types hold under TypeScript 5.4, with either resolution, and without the DOM', () => {
    const place = project(TYPESCRIPT, { 'main.ts': TYPED });
    const options = { target: 'ES2022', types: ['node'], strict: true, noEmit: true };
    const strictest = { exactOptionalPropertyTypes: true, skipLibCheck: false };
    for (const resolution of [
      { module: 'nodenext', moduleResolution: 'nodenext', lib: ['ES2022', 'DOM'] },
      { module: 'esnext', moduleResolution: 'bundler', lib: ['ES2022', 'DOM'] },
      { module: 'nodenext', moduleResolution: 'nodenext', lib: ['ES2022'] },
    ]) {
      const compilerOptions = { ...options, ...strictest, ...resolution };
      const config = { compilerOptions, files: ['main.ts'] };
      writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(config));
      const compiler = join(place, 'node_modules/typescript/bin/tsc');
      const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', place], {
        encoding: 'utf8',
      });
      expect(stdout, JSON.stringify(resolution)).toBe('');
      expect(status).toBe(0);
    }
  });

  test('Node 20 is told in a sentence that it is too old', () => {
    const place = project([OLD_NODE], {});
    const node = join(place, 'node_modules', OLD_NODE.split('@')[0]!, 'bin/node');
    for (const entry of ['@clipql/core', '@clipql/core/image', '@clipql/core/node']) {
      const { status, stderr } = spawnSync(
        node,
        ['--input-type=module', '-e', `import '${entry}'`],
        {
          cwd: place,
          encoding: 'utf8',
        },
      );
      expect(status).toBe(1);
      expect(stderr).toContain('[Error: @clipql/core: expected Node 22.19 or later, got 20.19.5]');
      expect(stderr).not.toMatch(/^ +at /m);
    }
    const command = folderAt('packages/api/bin/clipql.js');
    const { status, stderr } = spawnSync(node, [command, 'serve'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^clipql: expected Node 24 or later, got 20\.19\.5: .*\n$/);
  });
});

const TYPED = `
import { loadClip, modelFromHub, type Clip, type ImageInput } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';

export async function embed(image: ImageInput): Promise<Float32Array | undefined> {
  const clip: Clip = await loadClip(await modelFromFolder('nano'));
  const [embedding] = await clip.encodeImages([image, new URL('https://example.org/a.jpg')]);
  return embedding;
}
export const clip = loadClip(modelFromHub('org/name', { onProgress: ({ file }) => file }));
`;
