/**
 * Core in a real browser: bundled by vite from what `pnpm build` made, it must give what it gives in Node.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LoadOptions, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bundle, folderAt, hasChromium, launchChromium } from './browser/chromium.ts';
import type { Embed, Embedded, EmbedForms } from './browser/embed.ts';
import { type Searched, searchMadeUp } from './browser/search.ts';
import { type Site, serve } from './browser/serve.ts';

const PHOTOGRAPH = 'march-pastoral.jpg';
const IMAGES = ['packages/api/examples', 'packages/core/src/image/testing/files'];
/** Files that jimp's plug-ins decode, which ask for Node's Buffer, and one that pdf.js's decoder does. */
const OTHER_FORMATS = ['bmp/rle8.bmp', 'tiff/tiles-16-bits-big-endian.tif', 'cmyk-420.jpg'];
/** Of formats that WebAssembly decodes. */
const WASM_FORMATS = ['progressive.jpg', 'lossless.webp', 'grid.avif', 'turned.avif'];
const PNG = 'cmyk.expected.png';
const TEXTS = ['a photo of a sheep.', 'a boat', 'the quick brown fox jumps over the lazy dog'];

const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
/** A page may compile WebAssembly, but not make scripts or workers of what it has at hand. */
const STRICT = {
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src 'self' data:",
};

const NOTHING: Embedded = { backend: { name: 'wasm', threads: 1 }, image: [], texts: [] };

const required = process.env.CLIPQL_REQUIRE_GPU === '1';
const runs = hasChromium() || required;

if (!runs) test.skip('core in a browser: skipped, since there is no /usr/bin/chromium', () => {});

describe.runIf(runs)('in Chromium', () => {
  let browser: Browser;
  let page: Awaited<ReturnType<typeof bundle>>;
  let expected: Awaited<ReturnType<typeof answersInNode>>;

  beforeAll(async () => {
    [browser, page, expected] = await Promise.all([
      launchChromium(),
      bundle('tools/browser'),
      answersInNode(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await page?.remove();
  });

  /** Waits as long as the test may take. */
  async function openTab(): Promise<Page> {
    const tab = await browser.newPage({ viewport: { width: 800, height: 620 } });
    tab.setDefaultTimeout(0);
    onTestFinished(() => tab.close());
    return tab;
  }

  /** @returns the embeddings, and the names of the scripts that were loaded for them. */
  async function embedInPage(
    options: LoadOptions,
    headers: Record<string, string> = {},
    before: () => void = () => {},
    photograph = PHOTOGRAPH,
  ): Promise<{ embedded: Embedded; scripts: readonly string[] }> {
    const site = await served([page.path, ...IMAGES.map(folderAt)], headers);
    const tab = await openTab();
    const scripts: string[] = [];
    tab.on('request', (request) => scripts.push(request.url()));
    await tab.addInitScript(before);
    await tab.goto(site.url);
    await tab.waitForFunction(() => 'embed' in globalThis);
    const embedded = await tab.evaluate(
      ([given, photograph, texts]) =>
        (globalThis as unknown as { embed: Embed }).embed(given, photograph, texts),
      [options, photograph, TEXTS] as const,
    );
    return { embedded, scripts };
  }

  function expectAsInNode({ image, texts }: Embedded, wanted = expected.image): void {
    for (const [got, want] of [
      [image, wanted],
      ...texts.map((text, i) => [text, expected.texts[i]!] as const),
    ] as const) {
      expect(got.length).toBe(want.length);
      expect(Math.hypot(...got.map((value, i) => value - want[i]!))).toBeLessThan(1e-5);
    }
  }

  test.each(['webgpu', 'webgl2'] as const)('on the GPU by %s', async (gpuMode) => {
    const { embedded } = await embedInPage({ backend: 'gpu', gpuMode });
    expect(embedded.backend).toMatchObject({ name: 'gpu', mode: gpuMode });
    expect(embedded.backend).toMatchObject(
      gpuMode === 'webgpu' ? { executor: 'fused-encoder' } : { executor: 'generic' },
    );
    expectAsInNode(embedded);
  });

  test('backend gpu takes WebGPU where there is some, WebGL 2 where there is none', async () => {
    const { embedded } = await embedInPage({ backend: 'gpu' });
    expect(embedded.backend.mode).toBe('webgpu');
    const without = await embedInPage({ backend: 'gpu' }, {}, () => {
      Object.defineProperty(navigator, 'gpu', { value: undefined });
    });
    expect(without.embedded.backend.mode).toBe('webgl2');
    expectAsInNode(without.embedded);
  });

  test('on wasm in a page that is not isolated, with one thread, and without gpu.js', async () => {
    const { embedded, scripts } = await embedInPage({});
    expect(embedded.backend).toMatchObject({ name: 'wasm', threads: 1 });
    expect(scripts.filter((url) => /gpu/.test(url))).toEqual([]);
    expectAsInNode(embedded);
  });

  test.each([
    ['on all threads in a page that is isolated', ISOLATED],
    ['on one thread in a page that is not', {}],
  ])('a flat index finds what it finds in Node, %s', async (_, headers) => {
    const site = await served([page.path], headers);
    const tab = await openTab();
    await tab.goto(site.url);
    await tab.waitForFunction(() => 'searchMadeUp' in globalThis);
    const { threads, rows } = await tab.evaluate(() =>
      (globalThis as unknown as { searchMadeUp(): Promise<Searched> }).searchMadeUp(),
    );
    const cores = await tab.evaluate(() => navigator.hardwareConcurrency);
    expect(threads).toBe(headers === ISOLATED ? cores : 1);
    expect(rows).toEqual((await searchMadeUp()).rows);
    expect(rows[2]!.slice(0, 10)).toEqual(rows[0]!.slice(10));
  });

  test.each(OTHER_FORMATS)(
    '%s is the image that it is in Node, where there is no Buffer',
    async (file) => {
      const { embedded } = await embedInPage({}, {}, () => {}, file);
      expectAsInNode({ ...embedded, texts: [] }, expected.others[OTHER_FORMATS.indexOf(file)]!);
    },
  );

  test.each(WASM_FORMATS)(
    '%s is the image that it is in Node where the bundle lacks the decoders',
    async (file) => {
      const site = await served([page.path, ...IMAGES.map(folderAt)], {});
      const tab = await openTab();
      await tab.route('**/*_dec*.wasm', (route) => route.fulfill({ status: 404 }));
      const asked = tab.waitForResponse(/_dec.*\.wasm$/);
      await tab.goto(site.url);
      await tab.waitForFunction(() => 'embedForms' in globalThis);
      const { bytes } = await tab.evaluate(
        (picture) => (globalThis as unknown as { embedForms: EmbedForms }).embedForms(picture),
        file,
      );
      expect((await asked).status()).toBe(404);
      expectAsInNode(
        { ...NOTHING, image: bytes! },
        expected.wasmFormats[WASM_FORMATS.indexOf(file)]!,
      );
    },
  );

  test('an image is the same in every form that a page may have it in', async () => {
    const site = await served([page.path, ...IMAGES.map(folderAt)], {});
    const tab = await openTab();
    await tab.goto(site.url);
    await tab.waitForFunction(() => 'embedForms' in globalThis);
    const forms = await tab.evaluate(
      (picture) => (globalThis as unknown as { embedForms: EmbedForms }).embedForms(picture),
      PNG,
    );
    expect(Object.keys(forms)).toHaveLength(10);
    for (const image of Object.values(forms)) expectAsInNode({ ...NOTHING, image }, expected.png);
  });

  test('on wasm in an isolated page, with as many threads as it is told', async () => {
    const { embedded } = await embedInPage({ threads: 2 }, ISOLATED);
    expect(embedded.backend).toMatchObject({ name: 'wasm', threads: 2 });
    expectAsInNode(embedded);
  });

  test('on wasm with one thread where the page forbids workers from blobs', async () => {
    const { embedded } = await embedInPage({ threads: 2 }, { ...ISOLATED, ...STRICT });
    expect(embedded.backend).toMatchObject({ name: 'wasm', threads: 1 });
    expectAsInNode(embedded);
  });

  test('on wasm with one thread where the engine has no Atomics.waitAsync', async () => {
    const { embedded } = await embedInPage({ threads: 2 }, ISOLATED, () => {
      Reflect.deleteProperty(Atomics, 'waitAsync');
    });
    expect(embedded.backend).toMatchObject({ name: 'wasm', threads: 1 });
    expectAsInNode(embedded);
  });

  test('backend auto leaves SwiftShader alone', async () => {
    const { embedded } = await embedInPage({ backend: 'auto' });
    expect(embedded.backend.name).toBe('wasm');
  });

  test('the example page classifies its photograph on WebGPU', async () => {
    const example = await bundle('examples/browser');
    onTestFinished(() => example.remove());
    const site = await served([example.path], ISOLATED);
    const tab = await openTab();
    await tab.goto(`${site.url}?backend=gpu`);
    await tab.getByText(/nano on .* ms/).waitFor();
    expect(await tab.locator('output').textContent()).toMatch(
      /^nano on gpu \(webgpu, .*\): \d+ ms$/,
    );
    expect(await tab.locator('tr').allTextContents()).toEqual(expected.rows);
    // How docs/browser-webgpu.png is made.
    const { CLIPQL_SCREENSHOT: path } = process.env;
    if (path) await tab.screenshot({ path });
  });
});

async function served(folders: readonly string[], headers: Record<string, string>): Promise<Site> {
  const site = await serve(folders, headers);
  onTestFinished(() => site.close());
  return site;
}

/** What the pages must show, from core's source in Node, on wasm. */
async function answersInNode() {
  const clip = await loadClip(await modelFromFolder(folderAt('models/nano')));
  const photograph = await readFile(folderAt(`packages/api/examples/${PHOTOGRAPH}`));
  const [image] = await clip.encodeImages([new Uint8Array(photograph)]);
  const encode = async (files: readonly string[]) => {
    const bytes = files.map((file) => readFile(join(folderAt(IMAGES[1]!), file)));
    return (await clip.encodeImages(await Promise.all(bytes))).map((embedding) => [...embedding]);
  };
  const others = await encode(OTHER_FORMATS);
  const wasmFormats = await encode(WASM_FORMATS);
  const [png] = await encode([PNG]);
  const texts = await clip.encodeTexts(TEXTS);
  const labels = ['mountain', 'boat', 'sheep', 'house'];
  const [classification] = await clip.classify([new Uint8Array(photograph)], labels);
  const rows = classification!.scores.map(
    ({ label, probability }) => `${label}${(100 * probability!).toFixed(1)} %`,
  );
  clip.dispose();
  return {
    image: [...image!],
    others,
    wasmFormats,
    png: png!,
    texts: texts.map((text) => [...text]),
    rows,
  };
}
