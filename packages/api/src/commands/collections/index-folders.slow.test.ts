// These run the built command line: `npm test` builds it first.
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clipql, finished, startClipql } from '../../testing/command-line.ts';
import { writeImageFolder } from '../../testing/image-folder.ts';
import { NANO } from '../../testing/models.ts';

/** One of them is no image. */
const FILES = 5_000;

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

test('5,000 files are indexed past two Ctrl-C, none twice, and again without a forward pass', async () => {
  const args = ['index', photos, '--data', data, '--model', model];
  for (const round of ['first', 'second']) {
    const child = startClipql(args);
    child.stderr.setEncoding('utf8');
    let said = '';
    child.stderr.on('data', (text: string) => {
      // A second signal would end it at once.
      if (!/\d of 5,000/.test(said) && /\d of 5,000/.test(text)) child.kill('SIGINT');
      said += text;
    });
    const [exitCode] = await once(child, 'close');
    expect(said, round).toMatch(
      /clipql: stopped; [\d,]+ of 5,000 images are done, the same command goes on\n$/,
    );
    expect(exitCode).toBe(130);
  }
  const whole = await finished(startClipql(args));
  expect(whole.stderr).toMatch(/IMAGE_UNSUPPORTED: .*000007\.png/);
  expect(whole.stderr).toMatch(/photos has 4,999 images: [\d,]+ indexed now, 1 failed\n$/);
  const jobs = JSON.parse((await clipql('jobs', '--json', '--data', data)).stdout);
  expect(jobs).toMatchObject([{ state: 'DONE', total: 5_000, done: 4_999, failed: 1 }]);

  // What cannot be loaded makes no forward pass.
  await rm(model, { recursive: true });
  const start = performance.now();
  const again = await finished(startClipql(args));
  const seconds = (performance.now() - start) / 1_000;
  expect(again.stderr).toMatch(/photos has 4,999 images: 1 failed\n$/);
  expect(again.exitCode).toBe(1);
  process.stdout.write(`5,000 unchanged files: ${seconds.toFixed(2)} s\n`);
}, 900_000);
