// These run the built command line: `npm test` builds it first.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idat, ihdr, pngOf } from '../../../core/src/image/testing/png-writer.ts';
import { bytes, startWebServer, type WebServer } from '../../../core/src/testing/web-server.ts';
import { exampleBytes } from '../testing/api.ts';
import { type BadUse, clipql, expectFailure } from '../testing/command-line.ts';

const SHEEP = fileURLToPath(new URL('../../examples/march-pastoral.jpg', import.meta.url));
const ALPS = fileURLToPath(new URL('../../examples/french-alpine-landscape.jpg', import.meta.url));

let web: WebServer;
let folder: string;

beforeAll(async () => {
  web = await startWebServer({ '/sheep.jpg': bytes(await exampleBytes('march-pastoral.jpg')) });
  folder = await mkdtemp(join(tmpdir(), 'clipql-test-'));
});

afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

/** A black picture of one bit a pixel. */
const blankPng = (width: number, height: number): Uint8Array =>
  pngOf(
    ihdr({ width, height, colourType: 0, bitDepth: 1 }),
    idat(new Uint8Array(height * (1 + Math.ceil(width / 8)))),
  );

const classify = (...args: readonly string[]) =>
  clipql('classify', '--labels', 'sheep,mountain', ...args);

test('classify writes a table an image, the best label first', async () => {
  const { exitCode, stdout, stderr } = await classify(SHEEP, ALPS);
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toEqual([
    `${SHEEP} (jpeg, 1024 × 498)`,
    expect.stringMatching(/^ {2}sheep {5} +[\d.]+ % {2}cosine +[-\d.]+ {2}logit +[-\d.]+$/),
    expect.stringMatching(/^ {2}mountain {2} +[\d.]+ % {2}cosine/),
    `${ALPS} (jpeg, 1024 × 484)`,
    expect.stringMatching(/^ {2}mountain/),
    expect.stringMatching(/^ {2}sheep/),
  ]);
  expect(exitCode).toBe(0);
});

test('classify --json writes one array, --top and --mode as asked', async () => {
  const { exitCode, stdout } = await classify(SHEEP, '--json', '--top', '1', '--mode', 'cosine');
  expect(JSON.parse(stdout)).toEqual([
    {
      image: SHEEP,
      calibrated: false,
      label: 'sheep',
      scores: [{ index: 0, label: 'sheep', cosine: expect.any(Number), logit: expect.any(Number) }],
      file: { format: 'jpeg', width: 1024, height: 498, bytes: 290_394 },
      model: 'lite',
      timing: expect.objectContaining({ total: expect.any(Number) }),
      warnings: [],
    },
  ]);
  expect(exitCode).toBe(0);
});

test('a picture has the same scores as BMP, PNG and TIFF, and a folder gives all formats by their endings', async () => {
  const formats = join(folder, 'formats');
  await mkdir(formats);
  const made = new URL('../../../core/src/image/testing/files/', import.meta.url);
  const copies = {
    'a.bmp': 'bmp/rgb.bmp',
    'b.png': 'bmp/rgb.png',
    'c.TIF': 'tiff/planes-strips.tif',
  };
  for (const [to, from] of Object.entries(copies)) {
    await copyFile(new URL(from, made), join(formats, to));
  }
  for (const to of ['d.jfif', 'e.jpe']) await copyFile(SHEEP, join(formats, to));
  for (const to of ['f.txt', 'g.heic', 'h.HEIC', 'i']) await writeFile(join(formats, to), 'none');
  const { stdout, stderr } = await classify(formats, '--json');
  expect(stderr).toBe(
    `clipql: warning: ${formats} has files that were passed over, by their endings: 2 .heic, 1 without an ending, 1 .txt\n`,
  );
  const answers: { scores: object[]; file: { format: string } }[] = JSON.parse(stdout);
  expect(answers.map(({ file }) => file.format)).toEqual(['bmp', 'png', 'tiff', 'jpeg', 'jpeg']);
  for (const { scores } of answers.slice(0, 3)) expect(scores).toEqual(answers[0]!.scores);
});

test('of a folder without an image that is read, the error says what is there', async () => {
  const phone = join(folder, 'phone');
  await mkdir(phone);
  for (const name of ['a.heic', 'b.heic', 'c.jxl']) await writeFile(join(phone, name), 'any');
  expectFailure(await classify(phone), /NO_IMAGES: .* got 2 \.heic, 1 \.jxl\n$/);
});

test('one bad image is reported, the others are answered, and the exit code is 1', async () => {
  const { exitCode, stdout, stderr } = await classify('nothing.jpg', SHEEP, '--json');
  expect(stderr).toBe(
    'clipql: IMAGE_FILE_UNREADABLE: nothing.jpg: expected an image file, got no such file\n',
  );
  expect(JSON.parse(stdout)).toEqual([
    { image: 'nothing.jpg', error: { code: 'IMAGE_FILE_UNREADABLE', message: expect.any(String) } },
    expect.objectContaining({ image: SHEEP, label: 'sheep' }),
  ]);
  expect(exitCode).toBe(1);
});

// Only Linux keeps such names.
test.runIf(process.platform === 'linux')(
  'a file whose name is not UTF-8 is reported as that, and a folder where an image is expected too',
  async () => {
    const odd = join(folder, 'odd');
    await mkdir(odd);
    const name = Buffer.concat([Buffer.from(`${odd}/a`), Buffer.of(0xff), Buffer.from('.jpg')]);
    await writeFile(name, await exampleBytes('march-pastoral.jpg'));
    const { stderr } = await classify(odd);
    expect(stderr).toMatch(/^clipql: IMAGE_FILE_UNREADABLE: .*got one whose name is not UTF-8\n$/);
    expectFailure(await clipql('embed', '--image', odd), /expected an image file, got a folder\n$/);
  },
);

test('classify takes URLs, of private hosts only when allowed', async () => {
  const url = `${web.url}/sheep.jpg`;
  expectFailure(
    await classify(url),
    new RegExp(`HOST_NOT_ALLOWED: .*--allow-hosts ${web.host} opens it`),
  );
  const allowed = await classify(url, '--allow-hosts', web.host);
  expect(allowed).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\n {2}sheep /) });
  const inline = `data:image/jpeg;base64,${(await exampleBytes('march-pastoral.jpg')).subarray(0, 50_000).toString('base64')}`;
  expectFailure(await classify(inline), /IMAGE_CORRUPT: data:image\/jpeg.{1,90}…: /);
});

const TOO_MANY = Array.from({ length: 10_000 }, (_, i) => `thing ${i}`).join();
const BAD_LABELS: readonly BadUse[] = [
  {
    what: 'no labels',
    args: ['--labels', ''],
    line: /BAD_OPTION: expected at least 1 label, got none/,
  },
  {
    what: 'an empty label',
    args: ['--labels', 'a,,b'],
    line: /BAD_OPTION: .* label 2, got an empty/,
  },
  {
    what: '10,000 labels',
    args: ['--labels', TOO_MANY],
    line: /BAD_OPTION: expected at most 1,000 labels, got 10,000/,
  },
  {
    what: 'a template without a place',
    args: ['--labels', 'a', '--templates', 'b'],
    line: /BAD_OPTION: .*\{\}/,
  },
  {
    what: 'a comma alone',
    args: ['--labels', ','],
    line: /BAD_OPTION: .* label 1, got an empty/,
  },
  {
    what: 'an empty file of labels',
    args: ['--labels-file', '/dev/null'],
    line: /BAD_OPTION: expected at least 1 label, got none/,
  },
  {
    what: 'no --labels',
    args: [],
    line: /BAD_OPTION: expected --labels, --labels-file or --classifier, got none/,
  },
  {
    what: 'an unknown mode',
    args: ['--labels', 'a', '--mode', 'x'],
    line: /BAD_OPTION: .*softmax, sigmoid, cosine/,
  },
  { what: '--top 0', args: ['--labels', 'a', '--top', '0'], line: /BAD_OPTION: expected --top/ },
];

test.each(BAD_LABELS)('classify with $what', async ({ args, line }) => {
  expectFailure(await clipql('classify', SHEEP, ...args), line);
});

test('text that is no image, a truncated JPEG, a 404', async () => {
  const jpeg = await exampleBytes('march-pastoral.jpg');
  await writeFile(`${folder}/text.jpg`, 'this is no image');
  await writeFile(`${folder}/cut.jpg`, jpeg.subarray(0, 100_000));
  expectFailure(await classify(`${folder}/text.jpg`), /IMAGE_UNSUPPORTED: .*text\.jpg: /);
  expectFailure(await classify(`${folder}/cut.jpg`), /IMAGE_CORRUPT: .*cut\.jpg: /);
  const missing = await classify(`${web.url}/missing.jpg`, '--allow-hosts', web.host);
  expectFailure(missing, /IMAGE_FETCH_FAILED: .*HTTP status 404/);
});

test('an image of more pixels than --max-megapixels is refused, and the flag named', async () => {
  const refused = await classify(SHEEP, '--max-megapixels', '0.5');
  expectFailure(refused, /IMAGE_TOO_LARGE: .*at most 500,000 pixels, .*--max-megapixels/);
});

test('a photo of 30 megapixels is answered, which a server would refuse', async () => {
  const photo = join(folder, 'photo.png');
  await writeFile(photo, blankPng(6_000, 5_000));
  const { exitCode, stdout, stderr } = await classify(photo);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('photo.png (png, 6000 × 5000)');
  expectFailure(await classify(photo, '--max-megapixels', '25'), /IMAGE_TOO_LARGE: /);
});

test('a label longer than the context is answered, with a warning', async () => {
  const { exitCode, stdout, stderr } = await clipql(
    'classify',
    SHEEP,
    '--labels',
    `sheep ${'on a meadow '.repeat(80)}`,
  );
  expect(stderr).toMatch(/^clipql: warning: label "sheep on .*was cut\n$/);
  expect(stdout).toContain('  sheep on a meadow');
  expect(exitCode).toBe(0);
});
