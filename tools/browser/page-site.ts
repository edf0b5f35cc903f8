import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type BuiltServer, startBuiltServer } from '../../packages/api/src/testing/built-server.ts';
import { folderAt, hasChromium, launchChromium } from './chromium.ts';

/** What tests of a page have, from before the first to after the last. */
export interface PageSite {
  readonly browser: Browser;
  readonly server: BuiltServer;
  /** Empty at first, and removed. */
  readonly folder: string;
}

interface PageSiteOptions {
  /** Flags of the server. @param folder of the site. */
  readonly flags?: (folder: string) => readonly string[];
  /** Variables of the server's environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Flags of the browser. */
  readonly browserFlags?: readonly string[];
}

/** Flags of a server that draws pictures, with the smallest model. @param data the name of its data folder. */
export const drawingFlags = (folder: string, data = 'data'): readonly string[] => [
  ...['--model', folderAt('models/nano'), '--pictures', 'on'],
  ...['--data', join(folder, data)],
];

/** Tests that need a browser: skipped where there is none, but for a machine that has to have one. */
export function describeInBrowser(name: string, tests: () => void): void {
  const runs = hasChromium() || process.env.CLIPQL_REQUIRE_GPU === '1';
  if (!runs) test.skip(`${name}: skipped, since there is no /usr/bin/chromium`, () => {});
  describe.runIf(runs)(name, tests);
}

/** A browser and the built server, for the tests of one `describe`. */
export function pageSite({ flags, settings, browserFlags }: PageSiteOptions = {}): PageSite {
  const site: { -readonly [Part in keyof PageSite]?: PageSite[Part] } = {};
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clipql-page-'));
    site.folder = folder;
    [site.browser, site.server] = await Promise.all([
      launchChromium(browserFlags),
      startBuiltServer(flags?.(folder), settings),
    ]);
  });
  afterAll(async () => {
    await site.browser?.close();
    await site.server?.end();
    if (site.folder !== undefined) await rm(site.folder, { recursive: true });
  });
  return site as PageSite;
}
