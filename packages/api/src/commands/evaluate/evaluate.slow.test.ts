// These run the built command line: `npm test` builds it first.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BadUse, clipql, expectFailure, type Finished } from '../../testing/command-line.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));
/** Ends a tag and turns a terminal red. */
const HOSTILE = '"><img src=x onerror=alert(1)>\x1b[31m.jpg';
const HOSTILE_HOME = 'home\n\x1b[31m\u202e.jpg';

let root: string;
let photos: string;
let report: string;
let measured: Finished;
// biome-ignore lint/suspicious/noExplicitAny: JSON of the command's own form.
let json: any;

const put = async (example: string, ...to: readonly string[]) => {
  const target = join(photos, ...to);
  await mkdir(join(target, '..'), { recursive: true });
  await copyFile(join(EXAMPLES, example), target);
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipql-evaluate-'));
  [photos, report] = [join(root, 'photos'), join(root, 'report.html')];
  await put('march-pastoral.jpg', 'sheep', 'pastoral.jpg');
  await put('march-pastoral.jpg', 'sheep', 'within', 'again.jpg');
  await put('nagasaki-boats.jpg', 'boat', 'nagasaki.jpg');
  await put('black-canyon.jpg', 'boat', HOSTILE);
  await put('french-alpine-landscape.jpg', 'snowy_mountain', 'alps.jpg');
  await put('dust-bowl-home.jpg', 'sheep', 'home.jpg');
  await put('dust-bowl-home.jpg', 'boat', HOSTILE_HOME);
  await put('march-pastoral.jpg', 'in-no-class.jpg');
  await writeFile(join(photos, 'boat', 'broken.jpg'), 'this is no image');
  await mkdir(join(photos, '<script>'));
  measured = await clipql('evaluate', photos, '--json', '--html', report, '--quiet');
  json = JSON.parse(measured.stdout);
});

afterAll(() => rm(root, { recursive: true }));

test('a folder is measured: classes by their folders, each picture once, as JSON', () => {
  expect(json.images).toBe(4);
  expect(json.classes).toEqual([
    { value: '<script>', texts: ['<script>'], images: 0 },
    { value: 'boat', texts: ['boat'], images: 2 },
    { value: 'sheep', texts: ['sheep'], images: 1 },
    { value: 'snowy_mountain', texts: ['snowy mountain'], images: 1 },
  ]);
  const { accuracy, confusionMatrix, classes } = json.zeroShot;
  const right = confusionMatrix.reduce((sum: number, row: number[], k: number) => sum + row[k]!, 0);
  expect(accuracy.value).toBe(right / 4);
  expect(classes[0]).toEqual({
    label: '<script>',
    images: 0,
    predicted: expect.any(Number),
    recall: null,
    precision: null,
  });
  expect(json.fewShot).toMatchObject({ folds: 4, isLeaveOneOut: true, levels: [{ shots: 1 }] });
});

test('what does not count is said by picture, and the exit code tells of the damaged one', () => {
  expect(json.failures).toEqual([
    {
      name: 'boat/broken.jpg',
      value: 'boat',
      error: expect.objectContaining({ code: 'IMAGE_UNSUPPORTED' }),
    },
  ]);
  expect(json.repeated).toEqual([{ name: 'sheep/within/again.jpg', of: 'sheep/pastoral.jpg' }]);
  expect(json.contradictory).toEqual([
    { names: [`boat/${HOSTILE_HOME}`, 'sheep/home.jpg'], classes: ['boat', 'sheep'] },
  ]);
  expect(measured.stderr).toContain('clipql: IMAGE_UNSUPPORTED: boat/broken.jpg: ');
  expect(measured.stderr).toContain('1 picture in no class’s folder');
  expect(measured.stderr).toContain(
    'boat/home \ufffd[31m\ufffd.jpg, sheep/home.jpg are one file in several classes',
  );
  expect(measured.exitCode).toBe(1);
});

test('the report is one page that runs nothing, whatever files and classes are called', async () => {
  const page = await readFile(report, 'utf8');
  expect(page).not.toMatch(/<script|<img src=x|https?:\/\//i);
  expect(page).not.toContain('\x1b');
  expect(page).toContain('&lt;script&gt;');
  expect(page.match(/<img [^>]*src="data:image\/jpeg;base64,/g)?.length).toBe(
    json.fewShot.assessment.mistakes.length,
  );
});

test('a table is measured by its columns, and broken down by others', async () => {
  const table = join(root, 'photos.csv');
  const rows = [
    'file,what,light',
    'sheep/pastoral.jpg,sheep,day',
    'boat/nagasaki.jpg,boat,day',
    'snowy_mountain/alps.jpg,7,',
    'boat/home.jpg,,night',
  ];
  await writeFile(table, `${rows.join('\n')}\n`);
  const labels = join(root, 'labels.json');
  await writeFile(labels, JSON.stringify({ 7: ['mountain', 'snow'], flower: 'flower' }));
  const columns = ['--path', 'file', '--column', 'what', '--by', 'light', '--images', photos];
  const flags = ['--labels-file', labels, '--shots', '0', '--no-compare', '--quiet'];
  const { stdout, stderr, exitCode } = await clipql('evaluate', table, ...columns, ...flags);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('1 row has nothing in column what');
  expect(stderr).toContain('without pictures: "flower"');
  expect(stdout).toMatch(/photos\.csv: 3 pictures of 4 classes, lite/);
  expect(stdout).toMatch(/^light {2}/m);
  expect(stdout).toMatch(/^day +2 /m);
  expect(stdout).toMatch(/^\(none\) +1 /m);
  expect(stdout).not.toContain('few-shot');
});

test('a classifier is measured on pictures that it has not learned from', async () => {
  const data = ['--data', join(root, 'data')];
  const classes = { sheep: 'sheep/pastoral.jpg', 'snowy mountain': 'snowy_mountain/alps.jpg' };
  const flags = Object.entries(classes).flatMap(([label, file]) => [
    '--class',
    `${label}=${join(photos, file)}`,
  ]);
  await clipql('classifiers', 'create', '--name', 'outdoors', ...flags, ...data);
  const pictures = join(root, 'others');
  for (const [folder, example] of [
    ['sheep', 'march-pastoral.jpg'],
    ['sheep', 'dust-bowl-home.jpg'],
    ['snowy_mountain', 'black-canyon.jpg'],
  ] as const) {
    await mkdir(join(pictures, folder), { recursive: true });
    await copyFile(join(EXAMPLES, example), join(pictures, folder, example));
  }
  const asked = ['evaluate', pictures, '--classifier', 'outdoors', ...data, '--json', '--quiet'];
  const { stdout, stderr, exitCode } = await clipql(...asked);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('has learned from 1 picture of these');
  const { images, classifier, zeroShot, fewShot } = JSON.parse(stdout);
  expect({ images, zeroShot, fewShot }).toEqual({ images: 2, zeroShot: null, fewShot: null });
  expect(classifier.name).toBe('outdoors');
  const names = ['dust-bowl-home.jpg', 'black-canyon.jpg'];
  const files = [join(pictures, 'sheep', names[0]!), join(pictures, 'snowy_mountain', names[1]!)];
  const answered = await clipql(
    'classify',
    ...files,
    '--classifier',
    'outdoors',
    ...data,
    '--json',
  );
  const labels = JSON.parse(answered.stdout).map(({ label }: { label: string }) => label);
  const right = labels.filter((label: string, i: number) => label === Object.keys(classes)[i]);
  expect(classifier.accuracy.value).toBe(right.length / 2);
  const refused = await clipql('evaluate', photos, '--classifier', 'outdoors', ...data);
  expect(refused.stderr).toContain(
    'BAD_OPTION: expected classes of outdoors (sheep, snowy mountain)',
  );
});

test.each<BadUse>([
  { what: 'one class', args: ['sheep-alone'], line: /BAD_INPUT: expected at least 2 classes/ },
  {
    what: 'no folders of classes',
    args: ['flat'],
    line: /NO_IMAGES: expected a folder of pictures for each class, got 1/,
  },
  { what: 'no such folder', args: ['nowhere', '--by', 'light'], line: /NO_IMAGES: / },
  {
    what: 'columns of a folder',
    args: ['photos', '--by', 'light'],
    line: /BAD_OPTION: expected a table with --by/,
  },
  {
    what: 'a template without a place',
    args: ['two', '--templates', 'a photo'],
    line: /BAD_INPUT: expected a template with \{\}/,
  },
  {
    what: 'templates of a classifier',
    args: ['photos', '--classifier', 'x', '--templates', '{}'],
    line: /BAD_OPTION: expected --classifier without --templates/,
  },
  { what: 'one fold', args: ['photos', '--folds', '1'], line: /BAD_OPTION: expected --folds/ },
  { what: 'half a shot', args: ['photos', '--shots', '1.5'], line: /BAD_OPTION: expected --shots/ },
  {
    what: 'a report in no folder',
    args: ['photos', '--html', 'no/where.html'],
    line: /OUTPUT_UNWRITABLE: /,
  },
  {
    what: 'a folder for a report',
    args: ['photos', '--html', '.'],
    line: /OUTPUT_UNWRITABLE: expected --html as a file, got a folder/,
  },
])('evaluate refuses $what in one line', async ({ args: [path, ...flags], line }) => {
  for (const folder of ['sheep-alone/sheep', 'flat', 'two/sheep', 'two/boat']) {
    await mkdir(join(root, folder), { recursive: true });
    await copyFile(join(EXAMPLES, 'march-pastoral.jpg'), join(root, folder, 'a.jpg'));
  }
  expectFailure(await clipql('evaluate', join(root, path!), ...flags, '--quiet'), line);
});

test('evaluate refuses more than 2,000 classes, whose confusion matrix would fill the memory', async () => {
  const labels = join(root, 'many.json');
  const names = Array.from({ length: 10_000 }, (_, i) => [`class ${i}`, `thing ${i}`]);
  await writeFile(labels, JSON.stringify(Object.fromEntries(names)));
  const finished = await clipql('evaluate', photos, '--labels-file', labels, '--quiet');
  const line = /^clipql: TOO_MANY_LABELS: expected at most 2,000 classes, got 10,00\d$/m;
  expect(finished.stderr).toMatch(line);
  expect(finished.stdout).toBe('');
  expect(finished.exitCode).toBe(1);
});
