/** Pictures that come to the page from folders, from a camera, too many for a request, or too large. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { exampleBytes } from '../packages/api/src/testing/api.ts';
import { startBuiltServer } from '../packages/api/src/testing/built-server.ts';
import { countHeld } from './browser/held.ts';
import { describeInBrowser, pageSite } from './browser/page-site.ts';
import { accessibilityFaults, drop, shownScores, visit } from './browser/visit.ts';

const MIB = 2 ** 20;

const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

describeInBrowser('the page', () => {
  const site = pageSite({ browserFlags: CAMERA });

  const count = (page: Page, text: string) =>
    page.locator('.found-count').filter({ hasText: text }).waitFor();
  const keys = (page: Page) => page.locator('.hits:not([data-stale]) .hit-key').allTextContents();
  const emptyCollection = async (url: string, name: string) => {
    const { page } = await visit(site.browser, `${url}/#/search`);
    const field = page.getByRole('textbox', { name: 'Name' });
    const button = page.getByRole('button', { name: 'New collection' });
    await field.or(button).first().waitFor();
    if (await button.isVisible()) await button.click();
    await field.fill(name);
    await field.press('Enter');
    // Another empty collection may be shown until it is there.
    await expect.poll(() => page.url()).toContain(`in=${name}`);
    await count(page, '0 pictures in all');
    return page;
  };

  test('a folder is dropped with all that is in it, on Search and on Classify', async () => {
    const trip = join(site.folder, 'trip');
    await mkdir(join(trip, 'sea'), { recursive: true });
    for (const [name, example] of [
      ['b.jpg', 'march-pastoral.jpg'],
      ['sea/a.jpg', 'nagasaki-boats.jpg'],
    ] as const)
      await writeFile(join(trip, name), await exampleBytes(example));
    await writeFile(join(trip, 'notes.txt'), 'no picture');
    const page = await emptyCollection(site.server.url, 'dropped');
    await drop(page, trip);
    await page.getByText('trip/notes.txt is not a picture.').waitFor();
    await count(page, '2 pictures in all');
    await expect.poll(() => keys(page)).toEqual(['trip/b.jpg', 'trip/sea/a.jpg']);

    await drop(page, join(trip, 'notes.txt'));
    const refusal = page.getByRole('alert').filter({ hasText: /^notes\.txt is not a picture\.$/ });
    await refusal.waitFor();
    await count(page, '2 pictures in all');
    await drop(page, join(trip, 'b.jpg'));
    await page.locator('.terms').getByText('b.jpg').waitFor();
    await count(page, '2 pictures found');
    expect(await refusal.count()).toBe(0);

    const { page: classify } = await visit(site.browser, `${site.server.url}/`);
    await classify.getByText('Drop pictures here').waitFor();
    await drop(classify, join(trip, 'sea'));
    expect((await shownScores(classify))[0]![0]).toBe('boat');
  });

  test('more files than a request takes are sent in parts, one part at a time, and what is dropped meanwhile after them', async () => {
    const many = join(site.folder, 'many');
    await mkdir(many);
    const picture = await exampleBytes('march-pastoral.jpg');
    // What follows a JPEG's end makes another file of it.
    for (let i = 0; i < 130; i++) {
      const rest = Buffer.alloc(MIB / 4, i);
      await writeFile(join(many, `${100 + i}.jpg`), Buffer.concat([picture, rest]));
    }
    const page = await emptyCollection(site.server.url, 'many');
    const held = await countHeld(page);
    await page.evaluate(() => {
      const parts = { sizes: [] as number[], underWay: 0, most: 0 };
      const original = globalThis.fetch;
      globalThis.fetch = async (input, init) => {
        const body = String(init?.body);
        if (!body.includes('startIndex')) return original(input, init);
        parts.sizes.push(body.length);
        parts.underWay += 1;
        parts.most = Math.max(parts.most, parts.underWay);
        return original(input, init).finally(() => {
          parts.underWay -= 1;
        });
      };
      Object.assign(globalThis, { sentParts: parts });
    });
    await page.locator('input[webkitdirectory]').setInputFiles(many);
    await page.getByText(/part 2 of \d+/i).waitFor();
    const later = join(site.folder, 'later');
    await mkdir(later);
    await writeFile(join(later, 'notes.txt'), 'no picture');
    await writeFile(join(later, 'b.jpg'), await exampleBytes('nagasaki-boats.jpg'));
    await drop(page, later);
    await count(page, '131 pictures in all');
    await page.getByText('later/notes.txt is not a picture.').waitFor();
    const { sizes, most } = await page.evaluate(
      () => (globalThis as unknown as { sentParts: { sizes: number[]; most: number } }).sentParts,
    );
    expect(most).toBe(1);
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(24 * MIB);
    expect(await held()).toEqual({
      bitmaps: { now: 0, most: 0 },
      addresses: { now: 0, most: 1 },
    });
  });

  test('what the server would not accept is scaled down, and said: in a collection and in a query', async () => {
    const limited = await startBuiltServer(['--max-megapixels', '0.05']);
    onTestFinished(() => limited.end());
    const page = await emptyCollection(limited.url, 'large');
    const buffer = await exampleBytes('march-pastoral.jpg');
    const file = (name: string) => ({ name, mimeType: 'image/jpeg', buffer });
    const unreadable = { ...file('no picture.jpg'), buffer: Buffer.alloc(21 * MIB) };
    await page
      .getByLabel('Choose pictures')
      .setInputFiles([file('one.jpg'), file('<b>two</b>.jpg'), unreadable]);
    await page.getByText('2 files scaled down to what the server accepts:').waitFor();
    await page
      .getByText(/^<b>two<\/b>\.jpg: Scaled down in this browser from .* to 0\.0 megapixels/)
      .waitFor();
    await page.getByText('no picture.jpg has 21 MiB; the server accepts at most 20 MiB.').waitFor();
    await count(page, '2 pictures in all');
    await page.getByLabel('Search by picture').setInputFiles(file('query.jpg'));
    await page.locator('.terms').getByText('Scaled down in this browser').waitFor();
    await count(page, '2 pictures found');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('a file that is still being scaled down when another collection is chosen does not bring the first one back', async () => {
    const limited = await startBuiltServer(['--max-megapixels', '0.05']);
    onTestFinished(() => limited.end());
    await emptyCollection(limited.url, 'second');
    const page = await emptyCollection(limited.url, 'first');
    await page.evaluate(() => {
      const held = Promise.withResolvers<void>();
      const original = globalThis.createImageBitmap;
      const read = Promise.withResolvers<void>();
      globalThis.createImageBitmap = (async (file: Blob) => {
        read.resolve();
        await held.promise;
        return original(file);
      }) as typeof createImageBitmap;
      const { prototype } = OffscreenCanvas;
      const redraw = prototype.convertToBlob;
      const redrawn = new Promise<void>((resolve) => {
        prototype.convertToBlob = function (options) {
          const blob = redraw.call(this, options);
          void blob.then(() => setTimeout(resolve));
          return blob;
        };
      });
      const goOn = () => {
        held.resolve();
        return redrawn;
      };
      Object.assign(globalThis, { scaling: { hasBegun: () => read.promise, goOn } });
    });
    interface Scaling {
      readonly scaling: { hasBegun(): Promise<void>; goOn(): Promise<void> };
    }
    const buffer = await exampleBytes('march-pastoral.jpg');
    const file = { name: 'query.jpg', mimeType: 'image/jpeg', buffer };
    await page.getByLabel('Search by picture').setInputFiles(file);
    await page.evaluate(() => (globalThis as unknown as Scaling).scaling.hasBegun());
    const collection = page.getByRole('combobox', { name: 'Collection' });
    await collection.selectOption('second');
    await expect.poll(() => page.url()).toContain('in=second');
    await page.evaluate(() => (globalThis as unknown as Scaling).scaling.goOn());
    await count(page, '0 pictures in all');
    expect(await collection.inputValue()).toBe('second');
    expect(await page.locator('.terms').count()).toBe(0);
  });

  test('a photo is taken with a camera, which is let go of: by mouse and by keyboard', async () => {
    const { page } = await visit(site.browser, `${site.server.url}/`);
    await page.evaluate(() => {
      const taken: MediaStream[] = [];
      const { mediaDevices } = navigator;
      const original = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (wanted) => {
        const stream = await original(wanted);
        taken.push(stream);
        return stream;
      };
      Object.assign(globalThis, { takenStreams: taken });
    });
    // Of closed dialogs too, which end a moment after they are out of sight.
    const live = () =>
      page.evaluate(
        () =>
          (globalThis as unknown as { takenStreams: MediaStream[] }).takenStreams
            .flatMap((stream) => stream.getTracks())
            .filter(({ readyState }) => readyState === 'live').length,
      );
    const open = page.getByRole('button', { name: 'Take a photo' });
    await open.click();
    const dialog = page.getByRole('dialog', { name: 'Take a photo' });
    await dialog.getByRole('button', { name: 'Take it' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('photo.jpg').first().waitFor();
    await shownScores(page);
    await expect.poll(live).toBe(0);

    await open.focus();
    await page.keyboard.press('Enter');
    await dialog.locator('button:enabled', { hasText: 'Take it' }).waitFor();
    expect(await live()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(live).toBe(0);

    await page.keyboard.press('Enter');
    await dialog.locator('button:enabled', { hasText: 'Take it' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('2 of 2 pictures classified').waitFor();
    await expect.poll(live).toBe(0);
  });

  test('a photo that cannot be taken is said, and one that takes long is taken once, or not at all if the dialog is closed', async () => {
    const { page } = await visit(site.browser, `${site.server.url}/`);
    await page.evaluate(() => {
      const { prototype } = OffscreenCanvas;
      const original = prototype.convertToBlob;
      const late = Promise.withResolvers<Blob>();
      const outcomes = [() => Promise.reject(new DOMException('no memory')), () => late.promise];
      Object.assign(globalThis, { takeLate: () => late.resolve(new Blob(['a photo'])) });
      prototype.convertToBlob = function (options) {
        return outcomes.shift()?.() ?? original.call(this, options);
      };
    });
    const open = page.getByRole('button', { name: 'Take a photo' });
    const dialog = page.getByRole('dialog', { name: 'Take a photo' });
    const take = dialog.getByRole('button', { name: 'Take it' });
    await open.click();
    await take.click();
    await dialog.getByRole('alert').filter({ hasText: 'could not be taken' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await take.click();
    await expect.poll(() => take.isDisabled()).toBe(true);
    expect(await dialog.getByRole('alert').count()).toBe(0);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.evaluate(() => (globalThis as unknown as { takeLate(): void }).takeLate());
    await open.click();
    await take.click();
    await dialog.waitFor({ state: 'detached' });
    await shownScores(page);
    expect(await page.getByRole('region', { name: 'All pictures' }).count()).toBe(0);
  });

  test.each([
    ['NotAllowedError', 'This page may not use the camera.'],
    ['NotFoundError', 'No camera was found.'],
    ['NotReadableError', 'Another program may be using it.'],
    ['AbortError', 'The camera could not be started.'],
  ])('a camera that cannot be had is explained: %s', async (name, sentence) => {
    const { page } = await visit(site.browser, `${site.server.url}/`);
    await page.evaluate((reason) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', reason));
    }, name);
    await page.getByRole('button', { name: 'Take a photo' }).click();
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});
