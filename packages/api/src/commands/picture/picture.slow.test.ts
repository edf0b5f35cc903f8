// These run the built command line: `npm test` builds it first.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import {
  access,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeImage } from '@clipql/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectFailure, type Finished, finished, startClipql } from '../../testing/command-line.ts';
import { LITE, NANO } from '../../testing/models.ts';

const PHOTO = fileURLToPath(new URL('../../../examples/march-pastoral.jpg', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-test-'));
});

afterAll(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const start = (...args: readonly string[]) =>
  startClipql(['picture', ...args, '--quality', 'draft', '--size', '64'], { CLIPQL_MODEL: NANO });
const picture = (...args: readonly string[]) => finished(start(...args));

/** Kills or stops a run after some of its steps. */
async function stopped(signal: NodeJS.Signals, args: readonly string[]): Promise<Finished> {
  const child = start(...args);
  child.stderr.on('data', (text: Buffer) => {
    if (/ of 50 steps\n/.test(String(text))) child.kill(signal);
  });
  return finished(child);
}

test('a picture that was stopped and killed, and goes on, is that of a run without, and says how it was made', async () => {
  const args = (name: string, ...more: readonly string[]) => [
    'a snowy hill in the style of Monet',
    ...['--from', PHOTO, '--keep', '0.2', '--negative', 'a boat'],
    ...['--out', at(`${name}.png`), '--gif', at(`${name}.gif`), ...more],
  ];
  const whole = await picture(...args('whole'));
  expect(whole.stderr).toContain('can be unlike what was asked for');
  expect(whole.stderr).toContain('whole.png is drawn');
  expect(whole.exitCode).toBe(0);
  const { stderr, exitCode } = await stopped('SIGINT', args('cut'));
  expect(stderr).toMatch(/stopped; \d+ of 50 steps are kept, the same command goes on\n/);
  expect(exitCode).toBe(130);
  await stopped('SIGKILL', args('cut'));
  await expect(access(at('cut.png'))).rejects.toThrow();
  expectFailure(
    { ...(await picture(...args('cut', '--seed', '6', '--quiet'))) },
    /OUTPUT_EXISTS: .*cut.png.partial is from another command/,
  );
  const last = await picture(...args('cut'));
  expect(last.stderr).toMatch(/[1-9]\d* steps are kept from an earlier run/);
  const bytes = await readFile(at('cut.png'));
  expect(bytes).toEqual(await readFile(at('whole.png')));
  expect(await readFile(at('cut.gif'))).toEqual(await readFile(at('whole.gif')));
  expect((await readdir(folder)).filter((name) => /partial|lock|tmp/.test(name))).toEqual([]);

  expect(await decodeImage(bytes)).toMatchObject({ width: 64, height: 64 });
  const text = bytes.toString('latin1');
  expect(text).toContain('iTXtTitle\0\0\0\0\0a snowy hill, in the style of Monet');
  expect(text).toContain(
    '"seed":0,"quality":"DRAFT","size":64,"keep":0.2,"steps":50,"models":["nano"],"recipe":',
  );
});

test('a run that ends before it has written both outputs goes on, and replaces no other file', async () => {
  const args = ['a dog', '--out', at('late.png'), '--gif', at('late.gif')];
  const child = start(...args);
  child.stderr.on('data', (text: Buffer) => {
    if (/ of 50 steps\n/.test(String(text))) writeFileSync(at('late.gif'), 'mine');
  });
  const refused = await finished(child);
  expect(refused.stderr).toMatch(/OUTPUT_EXISTS: expected a new file, got .*late.gif\n$/);
  expect(refused.exitCode).toBe(1);
  expect(await readFile(at('late.gif'), 'utf8')).toBe('mine');
  await rm(at('late.gif'));
  await cp(at('late.png.partial'), at('kept.partial'), { recursive: true });
  expect((await picture(...args)).exitCode).toBe(0);
  const made = await Promise.all(['late.png', 'late.gif'].map((name) => readFile(at(name))));

  // As if it was killed when both were made, or one of them.
  for (const missing of [[], ['late.png']]) {
    await cp(at('kept.partial'), at('late.png.partial'), { recursive: true });
    for (const name of missing) await rm(at(name));
    const again = await picture(...args);
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('is drawn')]);
    expect(await Promise.all(['late.png', 'late.gif'].map((name) => readFile(at(name))))).toEqual(
      made,
    );
    await expect(access(at('late.png.partial'))).rejects.toThrow();
  }
  await rm(at('kept.partial'), { recursive: true });
});

test('frames that an earlier run did not keep are noticed; --overwrite starts over', async () => {
  const args = ['a dog', '--seed', '2', '--out', at('gaps.png')];
  const gif = ['--gif', at('gaps.gif')];
  await stopped('SIGINT', [...args, ...gif]);
  // As if a run without --gif had taken the steps since.
  const frames = at('gaps.png.partial/frames.rgb');
  await truncate(frames, (await stat(frames)).size - 3 * 64 * 64);
  expectFailure(
    await picture(...args, ...gif, '--quiet'),
    /OUTPUT_EXISTS: .*gaps.png.partial is from another command .*one without --gif.*; --overwrite starts over/,
  );
  const anew = await picture(...args, ...gif, '--overwrite');
  expect([anew.exitCode, anew.stderr]).toEqual([0, expect.stringContaining('is drawn')]);
  expect(anew.stderr).toMatch(/gaps.png.partial is from another command .*: started over\n/);
  const whole = await picture(...args.slice(0, -1), at('all.png'), '--gif', at('all.gif'));
  expect(whole.exitCode).toBe(0);
  expect(await readFile(at('gaps.gif'))).toEqual(await readFile(at('all.gif')));
});

test('an output is named before what another command began, and what is no folder is no fault of ClipQL', async () => {
  await stopped('SIGINT', ['a dog', '--out', at('mine.png')]);
  await writeFile(at('mine.png'), 'mine');
  const another = ['a cat', '--out', at('mine.png'), '--quiet'];
  expectFailure(await picture(...another), /OUTPUT_EXISTS: expected a new file, got .*mine.png\n/);
  await rm(at('mine.png.partial'), { recursive: true });
  await rm(at('mine.png'));
  await writeFile(at('mine.png.partial'), '');
  const what = /OUTPUT_UNWRITABLE: .*mine.png.partial: its folder is a file/;
  expectFailure(await picture(...another), what);
  await rm(at('mine.png.partial'));
  await mkdir(at('mine.png.partial/state'), { recursive: true });
  expectFailure(await picture(...another), /OUTPUT_UNWRITABLE: .*mine.png.partial: it is a folder/);
});

test('the same command goes on with --overwrite too', async () => {
  await writeFile(at('old.png'), 'old');
  const args = ['a dog', '--out', at('old.png'), '--overwrite'];
  await stopped('SIGINT', args);
  const { exitCode, stderr } = await picture(...args);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('steps are kept')]);
  expect(await readFile(at('old.png'), 'latin1')).toContain('PNG');
});

test('several models draw in the order given', async () => {
  const args = ['a dog', '--out', at('turns.png'), '--model', NANO, '--model', LITE];
  expect((await stopped('SIGINT', args)).exitCode).toBe(130);
  const state = await readFile(at('turns.png.partial/state'));
  expect(state.toString('latin1')).toContain('"models":["nano","lite"]');
  expectFailure(
    await picture(...args.slice(0, -2), '--quiet'),
    /OUTPUT_EXISTS: .*turns.png.partial is from another command .*one by nano, lite/,
  );
});

test('a start picture that is a data URL is not once more in the texts of the file', async () => {
  const url = 'data:image/gif;base64,R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=';
  const { exitCode } = await picture('a dog', '--from', url, '--out', at('data.png'));
  expect(exitCode).toBe(0);
  const text = (await readFile(at('data.png'))).toString('latin1');
  expect(text).toContain('"from":"upload"');
  expect(text).not.toContain('data:');
});

test.each([
  ['is no image', 'notes.txt', /IMAGE_UNSUPPORTED: .*notes\.txt: expected PNG/],
  ['is not there', 'none.jpg', /IMAGE_FILE_UNREADABLE: .*none\.jpg: .*no such file/],
])('a start picture that %s is named', async (_what, name, line) => {
  await writeFile(at('notes.txt'), 'no image');
  const flags = ['--from', at(name), '--out', at('refused.png'), '--quiet'];
  expectFailure(await picture('a dog', ...flags), line);
});

test('a URL’s query, which may let others in, is not in the texts of the file', async () => {
  const photo = await readFile(PHOTO);
  const host = createServer((_request, response) => void response.end(photo)).listen(
    0,
    '127.0.0.1',
  );
  await once(host, 'listening');
  const { port } = host.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/march.jpg?X-Signature=secret#top`;
  const flags = ['--allow-hosts', `127.0.0.1:${port}`, '--out', at('signed.png')];
  const { exitCode, stderr } = await picture('a dog', '--from', url, ...flags);
  host.close();
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('is drawn')]);
  const text = (await readFile(at('signed.png'))).toString('latin1');
  expect(text).toContain(`"from":"http://127.0.0.1:${port}/march.jpg"`);
  expect(text).not.toContain('secret');
});

test.each([
  { what: 'a picture', outputs: ['--out', 'none/w.png'] },
  { what: 'an animation', outputs: ['--out', 'w.png', '--gif', 'none/w.gif'] },
])('$what that cannot be written fails before anything is drawn', async ({ outputs }) => {
  const paths = outputs.map((value) => (value.startsWith('--') ? value : at(value)));
  expectFailure(
    await picture('a dog', '--quiet', ...paths),
    /OUTPUT_UNWRITABLE: .*its folder does not exist/,
  );
  expect((await readdir(folder)).filter((name) => name.startsWith('w.'))).toEqual([]);
});

test('a folder OUT.partial that is somebody else’s is left alone', async () => {
  await mkdir(at('their.png.partial'));
  await writeFile(at('their.png.partial/notes.txt'), 'mine');
  for (const more of [[], ['--overwrite']]) {
    const result = await picture('a dog', '--quiet', '--out', at('their.png'), ...more);
    expectFailure(
      result,
      /OUTPUT_EXISTS: expected .*their.png.partial to contain only a picture's files, got notes.txt/,
    );
  }
  expect(await readFile(at('their.png.partial/notes.txt'), 'utf8')).toBe('mine');
});

test('what is there is kept, and no output is refused', async () => {
  await writeFile(at('there.png'), 'mine');
  const there = await picture('a dog', '--out', at('there.png'));
  expectFailure(there, /OUTPUT_EXISTS: expected a new file/);
  expectFailure(await picture('a dog'), /expected --out FILE.png, got none/);
});
