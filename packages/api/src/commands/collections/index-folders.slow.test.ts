// These run the built command line: `npm test` builds it first.
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clipql, finished, startClipql } from '../../testing/command-line.ts';
import { writeImageFolder } from '../../testing/image-folder.ts';
import { NANO } from '../../testing/models.ts';

/** One of them is no image. CONTRIBUTING.md names the run with 5,000. */
const FILES = Number(process.env.CLIPQL_TEST_IMAGES ?? 1_500);
const count = (files: number) => files.toLocaleString('en-US');
const OF_ALL = new RegExp(`\\d of ${count(FILES)}`);

let root: string;
let data: string;
let photos: string;
let model: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipql-index-'));
  [data, photos, model] = [join(root, 'data'), join(root, 'photos'), join(root, 'nano')];
  await writeImageFolder(photos, FILES);
  await cp(NANO, model, { recursive: true });
}, 120_000);

afterAll(() => rm(root, { recursive: true }));

test('many files are indexed past two Ctrl-C, none twice, and again without a forward pass', async () => {
  const args = ['index', photos, '--data', data, '--model', model];
  for (const round of ['first', 'second']) {
    const child = startClipql(args);
    child.stderr.setEncoding('utf8');
    let said = '';
    child.stderr.on('data', (text: string) => {
      // A second signal would end it at once.
      if (!OF_ALL.test(said) && OF_ALL.test(text)) child.kill('SIGINT');
      said += text;
    });
    const [exitCode] = await once(child, 'close');
    expect(said, round).toMatch(/clipql: stopped; [^\n]+, the same command goes on\n$/);
    expect(said, round).toContain(` of ${count(FILES)} images are done, `);
    expect(exitCode).toBe(130);
  }
  const whole = await finished(startClipql(args));
  expect(whole.stderr).toMatch(/IMAGE_UNSUPPORTED: .*000007\.png/);
  const all = `photos has ${count(FILES - 1)} images: `;
  expect(whole.stderr).toContain(all);
  expect(whole.stderr).toMatch(/: [\d,]+ indexed now, 1 failed\n$/);
  const jobs = JSON.parse((await clipql('jobs', '--json', '--data', data)).stdout);
  expect(jobs).toMatchObject([{ state: 'DONE', total: FILES, done: FILES - 1, failed: 1 }]);

  // What cannot be loaded makes no forward pass.
  await rm(model, { recursive: true });
  const start = performance.now();
  const again = await finished(startClipql(args));
  const seconds = (performance.now() - start) / 1_000;
  expect(again.stderr.endsWith(`${all}1 failed\n`)).toBe(true);
  expect(again.exitCode).toBe(1);
  process.stdout.write(`${count(FILES)} unchanged files: ${seconds.toFixed(2)} s\n`);
}, 900_000);
