import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPicture, decodeImage, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { expect, onTestFinished, test } from 'vitest';
import { exampleBytes } from '../testing/api.ts';
import { NANO } from '../testing/models.ts';
import { type Gallery, LONG, newGallery, SMALL } from './testing/gallery.ts';

const SHEEP = { url: '/examples/march-pastoral.jpg' };

test('a server draws what core draws, also after restarts, and browsers ask again for the finished file, which says how it was made', {
  timeout: 2 * LONG.timeout,
}, async () => {
  const gallery = await newGallery();
  onTestFinished(() => gallery.remove());
  await gallery.open({ runs: false });
  const negativePrompts = [{ text: 'a boat', weight: 0.25 }];
  const start = { startImage: SHEEP, keep: 0.3 };
  const text = 'a hill in the style of Monet';
  const picture = await gallery.start(text, { seed: 5, negativePrompts, ...start });
  expect(picture).toMatchObject({
    ...SMALL,
    ...{ state: 'QUEUED', seed: 5, models: ['nano'], steps: 50, stepsDone: 0 },
    ...{ loss: null, score: null, secondsLeft: null, imageUrl: null, error: null },
    prompts: [
      { text: 'a hill', weight: 1 },
      { text: 'in the style of Monet', weight: 1 },
    ],
    negativePrompts,
  });
  const own = await createPicture(await loadClip(await modelFromFolder(NANO), { threads: 1 }), {
    ...({ quality: 'DRAFT', size: 64, seed: 5 } as const),
    prompts: [text, { text: 'a boat', weight: -0.25 }],
    from: { image: await exampleBytes('march-pastoral.jpg'), keep: 0.3 },
  });
  for (let restart = 0; restart < 2; restart++) {
    gallery.api.drawn.run();
    await gallery.until(picture, ({ stepsDone }) => stepsDone > own.stepsDone + 2);
    await gallery.close();
    await gallery.open({ runs: false });
    const kept = await gallery.see(picture);
    expect(kept.state).toBe('QUEUED');
    while (own.stepsDone < kept.stepsDone) await own.step();
    expect(await coloursOf(await gallery.image(kept))).toEqual((await own.image()).data);
  }
  const states = gallery.states(picture);
  gallery.api.drawn.run();
  const seen = await states;
  const last = seen.at(-1)!;
  expect(last).toMatchObject({ state: 'DONE', stepsDone: 50, secondsLeft: null });
  expect(last.loss).toBeLessThan(0);
  expect(last.score).toBeGreaterThan(0);
  const response = await gallery.api.fetch(last.imageUrl!);
  expect(response.headers.get('cache-control')).toBe('private, no-cache');
  const kept = { headers: { 'if-none-match': response.headers.get('etag')! } };
  expect((await gallery.api.fetch(last.imageUrl!, kept)).status).toBe(304);
  const file = Buffer.from(await response.arrayBuffer()).toString('latin1');
  expect(file).toContain('iTXtTitle\0\0\0\0\0a hill, in the style of Monet');
  expect(file).toContain(
    '"seed":5,"quality":"DRAFT","size":64,"keep":0.3,"steps":50,"models":["nano"],' +
      `"recipe":${own.recipe},"from":"/examples/march-pastoral.jpg"`,
  );
  const files = ['picture.json', 'picture.png', 'preview.png', 'progress.json'];
  expect(await filesOf(gallery)).toEqual(files);
});

test('a server holds a picture up that cannot be kept, fails one whose start image kills processes, and lets both go on', {
  timeout: 2 * LONG.timeout,
}, async () => {
  const gallery = await newGallery();
  onTestFinished(() => gallery.remove());
  await gallery.open({ runs: false });
  const unkept = await gallery.start('a hill');
  const deadly = await gallery.start('a hill', { startImage: SHEEP });
  const [first, second] = await foldersOf(gallery);
  // A file cannot take the place of a folder.
  await mkdir(join(first!, 'preview.png/there'), { recursive: true });
  await writeFile(join(second!, 'deaths'), '3');
  gallery.api.drawn.run();
  const failed = await gallery.until(deadly, ({ state }) => state === 'FAILED');
  expect(failed.error).toMatchObject({ code: 'IMAGE_CRASHED' });
  // On a slow machine it is being tried again.
  expect(await gallery.see(unkept)).toMatchObject({ error: null });
  const told = expect.stringContaining(gallery.folder);
  expect(gallery.api.logged[0]).toMatchObject({ message: told });
  await rm(join(first!, 'preview.png'), { recursive: true });
  await gallery.change('pausePicture', unkept);
  for (const picture of [deadly, unkept]) {
    await gallery.change('resumePicture', picture);
    await gallery.until(picture, ({ stepsDone }) => stepsDone > 0);
    await gallery.change('pausePicture', picture);
  }
});

/** Of a PNG: red, green and blue of each pixel. */
async function coloursOf(png: Buffer): Promise<Uint8Array> {
  const { data, channels } = await decodeImage(png);
  return data.filter((_, i) => i % channels < 3);
}

/** One for each picture. */
async function foldersOf({ folder }: Gallery): Promise<readonly string[]> {
  const pictures = join(folder, 'pictures');
  const names = (await readdir(pictures)).filter((name) => !name.startsWith('server.lock'));
  return names.sort().map((name) => join(pictures, name));
}

/** Of the only picture. */
async function filesOf(gallery: Gallery): Promise<readonly string[]> {
  const [folder] = await foldersOf(gallery);
  return (await readdir(folder!)).sort();
}
