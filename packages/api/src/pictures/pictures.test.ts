import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage } from '@clipql/core';
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
import { MAX_OPEN_PICTURES, MAX_PICTURES } from '../limits/pictures.ts';
import { parseSettings } from '../settings/settings.ts';
import { type Answer, startApi, type TestApi } from '../testing/api.ts';
import { LITE } from '../testing/models.ts';
import { type Gallery, LONG, newGallery, type SeenPicture } from './testing/gallery.ts';

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
        ...[-1, 0, 1e-60, 10.1].map(
          (weight) =>
            [
              { prompts: [{ text: 'a dog', weight }] },
              ...['BAD_INPUT', `a weight of 0.001 to 10, got ${weight}`],
            ] as const,
        ),
        [{ prompts: dog, size: 513 }, 'BAD_INPUT', 'at most 512 pixels'],
        [{ prompts: dog, size: 63 }, 'BAD_INPUT', '64 to 1024'],
        [{ prompts: dog, seed: -1 }, 'BAD_INPUT', 'a seed of at least 0'],
        [{ prompts: dog, keep: 0.5 }, 'BAD_INPUT', 'expected startImage with keep'],
        [{ prompts: dog, startImage: SHEEP, keep: 2 }, 'BAD_INPUT', 'kept by 0 to 1'],
        [{ prompts: dog, models: ['none'] }, 'UNKNOWN_MODEL', 'none'],
        [{ prompts: dog, models: ['a', 'b', 'c', 'd'] }, 'BAD_INPUT', 'at most 3 models'],
        [{ prompts: dog, models: ['nano', 'nano'] }, 'BAD_INPUT', 'different ones, got one twice'],
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
    },
  );

  test('a caller has at most 10 pictures that are not over, one that failed and is resumed included, and 100 in all', async () => {
    await gallery.open({ runs: false });
    const failed = await gallery.start('a hill');
    await gallery.close();
    const record = join(gallery.folder, 'pictures', (await foldersOf(gallery))[0]!, 'picture.json');
    const text = await readFile(record, 'utf8');
    await writeFile(record, text.replace('"QUEUED"', '"FAILED"'));
    await gallery.open({ runs: false });
    expect(await gallery.see(failed)).toMatchObject({ state: 'FAILED' });
    const refused = (got: string) => [
      { code: 'TOO_MANY_PICTURES', message: expect.stringContaining(got) },
    ];
    const dog = { prompts: [{ text: 'a dog' }] };
    const [first, ...others] = await startedOf(gallery, MAX_OPEN_PICTURES);
    expect((await gallery.asks(dog)).errors).toMatchObject(refused('not over, got 11'));
    const { errors } = await gallery.change('resumePicture', failed);
    expect(errors).toMatchObject(refused('not over, got 11'));
    // One that is paused has its place.
    await gallery.change('pausePicture', first!);
    expect((await gallery.change('resumePicture', first!)).errors).toEqual([]);
    for (const picture of [first!, ...others]) await gallery.change('cancelPicture', picture);
    const { picture: resumed } = await gallery.change('resumePicture', failed);
    expect(resumed).toMatchObject({ state: 'QUEUED', error: null });

    for (let all = MAX_OPEN_PICTURES + 1; all < MAX_PICTURES; all++) {
      await gallery.change('cancelPicture', await gallery.start('a dog'));
    }
    expect((await gallery.asks(dog)).errors).toMatchObject(refused('100 pictures, got 101'));
    await gallery.change('deletePicture', first!);
    expect((await gallery.asks(dog)).errors).toEqual([]);
  });

  test('who listens to a picture that is deleted is told that it is over', async () => {
    await gallery.open({ runs: false });
    const picture = await gallery.start('a hill');
    const first = Promise.withResolvers<unknown>();
    const states = gallery.states(picture, first.resolve);
    expect(await first.promise).toMatchObject({ state: 'QUEUED' });
    await gallery.change('deletePicture', picture);
    expect((await states).map(({ state }) => state)).toEqual(['QUEUED', 'CANCELLED']);
  });

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

async function startedOf(gallery: Gallery, count: number): Promise<readonly SeenPicture[]> {
  const started: SeenPicture[] = [];
  for (let i = 0; i < count; i++) started.push(await gallery.start('a dog'));
  return started;
}

/** One for each picture. */
const foldersOf = async ({ folder }: Gallery): Promise<readonly string[]> =>
  (await readdir(join(folder, 'pictures')))
    .filter((name) => !name.startsWith('server.lock'))
    .sort();
