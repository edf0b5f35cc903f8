// These run the built command line: `npm test` builds it first.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answers } from '../doctor/look-around.ts';
import { modelSource } from '../models/model-sources.ts';
import { breakModel } from '../testing/broken-model.ts';
import { clipql, expectFailure, finished, startClipql } from '../testing/command-line.ts';
import { LITE } from '../testing/models.ts';

test('doctor tells what runs here, a line a thing, and all is well', async () => {
  const { exitCode, stdout, stderr } = await clipql('doctor');
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^ok {6}node {6}\d+\.\d+\.\d+ on \w+, \w+\n/);
  expect(stdout).toMatch(/^(ok {4}|note {2}) {2}kernels {3}wasm with (relaxed|plain) SIMD/m);
  expect(stdout).toMatch(/^ok {6}threads {3}\d+ for a forward pass, \d+ processors/m);
  expect(stdout).toMatch(
    /^ok {6}answers {3}the embedded model answers as it should, to \de-\d+\n/m,
  );
  expect(stdout).toMatch(/^(ok {4}|note {2}) {2}int8 {6}int8 takes \d+\.\d\d of float32's time/m);
  expect(stdout).toMatch(/^(ok {4}|note {2}) {2}gpu {7}\S/m);
  expect(stdout).toMatch(/^(ok {4}|note {2}) {2}memory {4}[\d.]+ of [\d.]+ GB free/m);
  expect(exitCode).toBe(0);
});

test('doctor --json has the same findings', async () => {
  const { stdout } = await clipql('doctor', '--json');
  const findings: { name: string; state: string; measured?: object }[] = JSON.parse(stdout);
  expect(findings.find(({ name }) => name === 'int8')!.measured).toMatchObject({
    operationsASecond: { f32: expect.any(Number), int8: expect.any(Number) },
    choose: expect.stringMatching(/^(int8|f32)$/),
  });
  const names = findings.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['node', 'kernels', 'threads', 'answers', 'memory']),
  );
  expect(findings.every(({ state }) => state !== 'broken')).toBe(true);
});

test('doctor tells how many models the cache holds, and when nothing can be put there', async () => {
  const home = await mkdtemp(join(tmpdir(), 'clipql-test-'));
  await mkdir(join(home, 'hub', 'models--a--b'), { recursive: true });
  const found = async (hfHome: string) => {
    const child = startClipql(['doctor', '--json'], { HF_HOME: hfHome });
    const findings: { name: string }[] = JSON.parse((await finished(child)).stdout);
    return findings.find(({ name }) => name === 'cache');
  };
  const text = new RegExp(`^${join(home, 'hub')}: 1 model, [\\d.]+ GB free$`);
  expect(await found(home)).toMatchObject({ state: 'ok', text: expect.stringMatching(text) });
  // Of a file no folder can be made, whoever asks.
  const file = join(home, 'file');
  await writeFile(file, '');
  expect(await found(file)).toMatchObject({
    state: 'note',
    text: expect.stringMatching(/cannot be written/),
  });
  await rm(home, { recursive: true });
});

test('a model that cannot be loaded is broken, and the exit code is 1', async () => {
  const model = await breakModel('model.safetensors', (file) => file.subarray(0, 1_000_000));
  const { exitCode, stdout, stderr } = await clipql('doctor', '--model', model.folder);
  await model.remove();
  expect(stdout).toMatch(/^BROKEN {2}model {5}WEIGHTS_INVALID: /m);
  expect(stdout).toMatch(/^ok {6}answers /m);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
});

test('wrong answers of the embedded model are found', async () => {
  const spoil = (file: Buffer) => {
    // One weight of a thousand, in float16, is a little larger.
    const start = 8 + Number(file.readBigUInt64LE(0));
    for (let at = start; at < file.length; at += 2000) {
      file.writeUInt16LE(file.readUInt16LE(at) + 64, at);
    }
    return file;
  };
  const model = await breakModel('open_clip_model.safetensors', spoil, LITE);
  const { clip } = await modelSource(model.folder).load();
  expect(await answers(clip)).toMatchObject({
    state: 'broken',
    text: expect.stringMatching(/is off by/),
  });
  clip.dispose();
  await model.remove();
});

test('doctor with an invalid setting', async () => {
  expectFailure(await clipql('doctor', '--threads', 'x'), /BAD_OPTION: .*--threads/);
});
