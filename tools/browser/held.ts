import type { Page } from 'playwright-core';

interface Count {
  readonly now: number;
  readonly most: number;
}

/** What a page holds of pictures outside its heap: whole ones that are decoded, and files that have an address. */
interface Held {
  readonly bitmaps: Count;
  readonly addresses: Count;
}

/** Counts from now on what the page holds. @returns tells it. */
export async function countHeld(page: Page): Promise<() => Promise<Held>> {
  await page.evaluate(() => {
    const held = { bitmaps: { now: 0, most: 0 }, addresses: { now: 0, most: 0 } };
    const one = (kind: keyof typeof held, more: 1 | -1) => {
      held[kind].now += more;
      held[kind].most = Math.max(held[kind].most, held[kind].now);
    };
    const decode = globalThis.createImageBitmap as (file: Blob) => Promise<ImageBitmap>;
    globalThis.createImageBitmap = (async (file: Blob) => {
      const bitmap = await decode(file);
      one('bitmaps', 1);
      return bitmap;
    }) as typeof createImageBitmap;
    const { close } = ImageBitmap.prototype;
    ImageBitmap.prototype.close = function () {
      one('bitmaps', -1);
      close.call(this);
    };
    const { createObjectURL, revokeObjectURL } = URL;
    URL.createObjectURL = (file) => {
      one('addresses', 1);
      return createObjectURL(file);
    };
    URL.revokeObjectURL = (address) => {
      one('addresses', -1);
      revokeObjectURL(address);
    };
    Object.assign(globalThis, { heldPictures: held });
  });
  return () => page.evaluate(() => (globalThis as unknown as { heldPictures: Held }).heldPictures);
}
