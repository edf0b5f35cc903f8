import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'vite';

/** Debian's. */
const CHROMIUM = '/usr/bin/chromium';

export const hasChromium = (): boolean => existsSync(CHROMIUM);

/** Headless, with WebGPU and WebGL on SwiftShader where there is no GPU. @param more flags. */
export const launchChromium = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--enable-unsafe-webgpu', ...more],
    timeout: 0,
  });

export const folderAt = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Bundles the page in a folder of the repository. @returns the bundle's folder, and what removes it. */
export async function bundle(folder: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'clipql-page-'));
  const outDir = { outDir: path, emptyOutDir: true };
  const shared = { target: 'es2024', assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 } as const;
  await build({
    root: folderAt(folder),
    base: './',
    logLevel: 'warn',
    build: { ...shared, ...outDir },
  });
  return { path, remove: () => rm(path, { recursive: true }) };
}
