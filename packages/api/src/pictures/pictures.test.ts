import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPicture, decodeImage, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { APP_KEY, bearer, hashed, JOB_KEY } from '../doors/requests/testing/ask.ts';
import { MAX_OPEN_PICTURES } from '../limits/pictures.ts';
import { parseSettings } from '../settings/settings.ts';
import { type Answer, exampleBytes, startApi, type TestApi } from '../testing/api.ts';
import { LITE, NANO } from '../testing/models.ts';
import { type Gallery, LONG, newGallery, type SeenPicture, SMALL } from './testing/gallery.ts';

const TIME = { timeout: 2 * LONG.timeout };
const SHEEP = { url: '/examples/march-pastoral.jpg' };

describe('a server without --pictures', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('says so, and how they are turned on', async () => {
    const id = Buffer.from('Picture:x').toString('base64');
    const input = `input: { id: "${id}" }`;
    const asked = [
      '{ pictures { id } }',
      `{ picture(id: "${id}") { id } }`,
      'mutation { startPicture(input: { prompts: [{ text: "a dog" }] }) { errors { code } } }',
      ...['pause', 'resume', 'cancel', 'delete'].map(
        (verb) => `mutation { ${verb}Picture(${input}) { errors { code } } }`,
      ),
    ];
    for (const query of asked) {
      const { data, errors } = await api.query(query);
      const codes = [
        ...errors.map(({ extensions, message }) => [extensions.code, message]),
        ...(Object.values(data ?? {}) as { errors?: { code: string }[] }[]).flatMap((payload) =>
          (payload?.errors ?? []).map(({ code }) => [code, '']),
        ),
      ];
      expect([query, codes[0]?.[0]]).toEqual([query, 'PICTURES_OFF']);
    }
    const { errors } = await api.query('{ pictures { id } }');
    expect(errors[0]!.message).toContain('--pictures on');
    expect((await api.fetch('/pictures/x.png')).status).toBe(403);
    const { data } = await api.query('{ limits { pictures } }');
    expect(data.limits.pictures).toBe(false);
  });
});

describe('a server with --pictures on', () => {
  let gallery: Gallery;
  beforeEach(async () => {
    gallery = await newGallery();
  });
  afterEach(() => gallery.remove());

  test(
    'draws what core draws, also after restarts, and browsers ask again for the finished file, which says how it was made',
    TIME,
    async () => {
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
      const states = statesOf(gallery, picture);
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
        '"seed":5,"quality":"DRAFT","size":64,"keep":0.3,"steps":50,"models":["nano"],"from":"/examples/march-pastoral.jpg"',
      );
      const files = ['picture.json', 'picture.png', 'preview.png', 'progress.json'];
      expect(await filesOf(gallery)).toEqual(files);
    },
  );

  test(
    'draws one at a time, in the order in which they came, and lets each be paused and resumed',
    TIME,
    async () => {
      await gallery.open();
      const fine = { quality: 'FINE' };
      const first = await gallery.start('a dog', fine);
      const second = await gallery.start('a boat');
      const seen = await gallery.until(
        first,
        ({ stepsDone, imageUrl }) => stepsDone > 2 && imageUrl !== null,
      );
      expect(seen).toMatchObject({ state: 'RUNNING', secondsLeft: expect.any(Number) });
      expect(await decodeImage(await gallery.image(seen))).toMatchObject({ width: 64 });
      expect(await gallery.see(second)).toMatchObject({ state: 'QUEUED' });
      const { picture: paused } = await gallery.change('pausePicture', first);
      expect(paused).toMatchObject({ state: 'PAUSED' });
      await gallery.until(second, ({ stepsDone }) => stepsDone > 0);
      await gallery.change('pausePicture', second);
      const rested = await gallery.see(first);
      expect(rested.stepsDone).toBeGreaterThan(2);
      expect(rested.imageUrl).toContain(`?step=${rested.stepsDone}`);
      await gallery.image(rested);
      const { errors } = await gallery.change('pausePicture', first);
      expect(errors).toMatchObject([{ code: 'JOB_STATE' }]);
      await gallery.change('resumePicture', first);
      const further = await gallery.until(
        first,
        ({ stepsDone }) => stepsDone > rested.stepsDone + 1,
      );
      expect(further.state).toBe('RUNNING');

      const { data } = await gallery.query('{ pictures(first: 1) { id } }');
      expect(data.pictures).toEqual([{ id: second.id }]);
      const older = await gallery.query('query ($id: ID!) { pictures(before: $id) { id } }', {
        id: second.id,
      });
      expect(older.data.pictures).toEqual([{ id: first.id }]);

      const { picture: cancelled } = await gallery.change('cancelPicture', first);
      expect(cancelled).toMatchObject({ state: 'CANCELLED' });
      await gallery.image(await gallery.until(first, ({ imageUrl }) => imageUrl !== null));
      const resumed = await gallery.change('resumePicture', first);
      expect(resumed.errors).toMatchObject([{ code: 'JOB_STATE' }]);
      const third = await gallery.start('a cat', fine);
      await gallery.until(third, ({ stepsDone }) => stepsDone > 0);
      for (const picture of [first, third]) {
        expect((await gallery.change('deletePicture', picture)).errors).toEqual([]);
        expect(await gallery.see(picture)).toBeNull();
        const again = await gallery.change('deletePicture', picture);
        expect(again.errors).toMatchObject([{ code: 'UNKNOWN_PICTURE' }]);
      }
      expect(await foldersOf(gallery)).toHaveLength(1);
    },
  );

  test(
    'fails a picture whose model is not served any more, which goes on when it is',
    TIME,
    async () => {
      await gallery.open({ runs: false });
      const picture = await gallery.start('a hill');
      await gallery.close();
      await gallery.open({ served: [LITE] });
      const failed = await gallery.until(picture, ({ state }) => state === 'FAILED');
      expect(failed).toMatchObject({ state: 'FAILED', error: { code: 'UNKNOWN_MODEL' } });
      await gallery.close();
      await gallery.open();
      expect(await gallery.see(picture)).toMatchObject({ state: 'FAILED' });
      await gallery.change('resumePicture', picture);
      const drawn = await gallery.until(picture, ({ stepsDone }) => stepsDone > 0);
      expect(drawn).toMatchObject({ state: 'RUNNING', error: null });
    },
  );

  test(
    'refuses what is out of its range, a start image that is none, and more than a caller may have',
    TIME,
    async () => {
      await gallery.open({ runs: false });
      const dog = [{ text: 'a dog' }];
      const refusals: readonly (readonly [input: object, code: string, message: string])[] = [
        [{ prompts: [] }, 'BAD_INPUT', 'expected a prompt'],
        [{ prompts: [{ text: ' ' }] }, 'BAD_INPUT', 'a prompt with words'],
        [{ prompts: [{ text: 'a\0dog' }] }, 'BAD_INPUT', 'in Unicode without NUL'],
        [{ prompts: [{ text: 'a'.repeat(301) }] }, 'BAD_INPUT', 'at most 300 characters'],
        [{ prompts: Array(9).fill(dog[0]) }, 'BAD_INPUT', 'at most 8 prompts'],
        [{ prompts: [{ text: 'a dog', weight: -1 }] }, 'BAD_INPUT', 'a weight above 0'],
        [{ prompts: dog, size: 513 }, 'BAD_INPUT', 'at most 512 pixels'],
        [{ prompts: dog, size: 63 }, 'BAD_INPUT', '64 to 1024'],
        [{ prompts: dog, seed: -1 }, 'BAD_INPUT', 'a seed of at least 0'],
        [{ prompts: dog, keep: 0.5 }, 'BAD_INPUT', 'expected startImage with keep'],
        [{ prompts: dog, startImage: SHEEP, keep: 2 }, 'BAD_INPUT', 'kept by 0 to 1'],
        [{ prompts: dog, models: ['none'] }, 'UNKNOWN_MODEL', 'none'],
        [{ prompts: dog, startImage: { base64: 'AAAA' } }, 'IMAGE_UNSUPPORTED', ''],
      ];
      for (const [input, code, message] of refusals) {
        const { errors } = await gallery.asks(input);
        expect([input, errors]).toMatchObject([
          input,
          [{ code, message: expect.stringContaining(message) }],
        ]);
      }
      expect(await foldersOf(gallery)).toEqual([]);
      for (let i = 0; i < MAX_OPEN_PICTURES; i++) await gallery.start('a dog');
      const more = await gallery.asks({ prompts: dog });
      expect(more.errors).toMatchObject([{ code: 'TOO_MANY_PICTURES' }]);
    },
  );

  test(
    'holds a picture up that cannot be kept, fails one whose start image kills processes, and lets both go on',
    TIME,
    async () => {
      await gallery.open({ runs: false });
      const unkept = await gallery.start('a hill');
      const deadly = await gallery.start('a hill', { startImage: SHEEP });
      const [first, second] = (await foldersOf(gallery)).map((name) =>
        join(gallery.folder, 'pictures', name),
      );
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
    },
  );

  test('a picture whose files cannot be removed stays, at its place, and can be deleted again', async () => {
    await gallery.open({ runs: false });
    const picture = await gallery.start('a hill');
    const later = await gallery.start('a boat');
    const record = join(gallery.folder, 'pictures', (await foldersOf(gallery))[0]!, 'picture.json');
    // A file is removed where there is none, but not a folder.
    await rename(record, `${record}.moved`);
    await mkdir(record);
    const { errors } = await gallery.change('deletePicture', picture);
    expect(errors).toMatchObject([{ code: 'PICTURE_NOT_KEPT' }]);
    expect(await gallery.see(picture)).toEqual(picture);
    const { data } = await gallery.query('{ pictures { id } }');
    expect(data.pictures).toEqual([{ id: later.id }, { id: picture.id }]);
    await rm(record, { recursive: true });
    expect((await gallery.change('deletePicture', picture)).errors).toEqual([]);
    expect(await gallery.see(picture)).toBeNull();
    expect(await foldersOf(gallery)).toHaveLength(1);
  });

  test('removes what a kill left half made, and leaves what is none of its pictures', async () => {
    await gallery.open({ runs: false });
    const picture = await gallery.start('a hill');
    await gallery.close();
    const folder = join(gallery.folder, 'pictures');
    const [name] = await foldersOf(gallery);
    const half = `picture.json.${crypto.randomUUID()}.tmp`;
    await writeFile(join(folder, name!, half), '{');
    const record = await readFile(join(folder, name!, 'picture.json'), 'utf8');
    await mkdir(join(folder, '000000001-0000000000000000'));
    await mkdir(join(folder, '000000002-0000000000000000'));
    await writeFile(join(folder, '000000002-0000000000000000/picture.json'), record.slice(0, 50));
    await gallery.open({ runs: false });
    expect(await readdir(join(folder, name!))).toEqual(['picture.json']);
    expect(await gallery.see(picture)).toMatchObject({ state: 'QUEUED' });
    expect(await foldersOf(gallery)).toEqual(['000000002-0000000000000000', name]);
    expect(gallery.api.warnings).toContainEqual(expect.stringContaining('is no picture'));
  });
});

test(
  'callers with keys see their own pictures alone, and nobody an image without a key',
  TIME,
  async () => {
    const { apiKeys } = parseSettings(
      { apiKeys: `${hashed('app', APP_KEY)},${hashed('job', JOB_KEY)}` },
      {},
    );
    const gallery = await newGallery({ apiKeys });
    onTestFinished(() => gallery.remove());
    await gallery.open();
    const { api } = gallery;
    const ask = async (key: string, query: string) => {
      const headers = { 'content-type': 'application/json', ...bearer(key) };
      const body = JSON.stringify({ query });
      return (await (
        await api.fetch('/graphql', { method: 'POST', headers, body })
      ).json()) as Answer;
    };
    const start =
      'mutation { startPicture(input: { prompts: [{ text: "a dog" }], size: 64 }) { picture { id } } }';
    const { id } = (await ask(APP_KEY, start)).data.startPicture.picture;
    const seen = `{ picture(id: "${id}") { imageUrl } pictures { id } node(id: "${id}") { id } }`;
    const path: string = await vi.waitFor(async () => {
      const { imageUrl } = (await ask(APP_KEY, seen)).data.picture;
      if (imageUrl === null) throw new Error('no image yet');
      return imageUrl;
    }, LONG);
    const others = await ask(JOB_KEY, seen);
    expect(others.data).toEqual({ picture: null, pictures: [], node: null });
    expect(others.errors).toMatchObject([{ extensions: { code: 'UNKNOWN_PICTURE' } }]);
    for (const [headers, status, code] of [
      [bearer(APP_KEY), 200],
      [bearer(JOB_KEY), 404, 'UNKNOWN_PICTURE'],
      [{}, 401, 'UNAUTHENTICATED'],
    ] as const) {
      const response = await api.fetch(path, { headers });
      expect(response.status).toBe(status);
      if (code === undefined) expect(response.headers.get('content-type')).toBe('image/png');
      else expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
    }
  },
);

/** The states of a picture as a subscription gives them. */
async function statesOf({ api }: Gallery, { id }: SeenPicture): Promise<readonly SeenPicture[]> {
  const response = await api.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query:
        'subscription ($id: ID!) { picture(id: $id) { state stepsDone loss score secondsLeft imageUrl } }',
      variables: { id },
    }),
  });
  const seen: SeenPicture[] = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [, json] = /^data: (.+)$/m.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (json === undefined || json === '') continue;
      seen.push(JSON.parse(json).data.picture);
    }
  }
  return seen;
}

/** Of a PNG: red, green and blue of each pixel. */
async function coloursOf(png: Buffer): Promise<Uint8Array> {
  const { data, channels } = await decodeImage(png);
  return data.filter((_, i) => i % channels < 3);
}

/** One for each picture. */
const foldersOf = async ({ folder }: Gallery): Promise<readonly string[]> =>
  (await readdir(join(folder, 'pictures')))
    .filter((name) => !name.startsWith('server.lock'))
    .sort();

/** Of the only picture. */
async function filesOf(gallery: Gallery): Promise<readonly string[]> {
  const [name] = await foldersOf(gallery);
  return (await readdir(join(gallery.folder, 'pictures', name!))).sort();
}
