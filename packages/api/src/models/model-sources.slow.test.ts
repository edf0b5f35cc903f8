// These run the built command line: `npm test` builds it first.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { breakModel, safetensors } from '../testing/broken-model.ts';
import { clipql, expectFailure } from '../testing/command-line.ts';

const SHEEP = fileURLToPath(new URL('../../examples/march-pastoral.jpg', import.meta.url));

const classify = (...args: readonly string[]) =>
  clipql('classify', SHEEP, '--labels', 'sheep,mountain', ...args);

test.each([
  ['has no weights', 'model.safetensors', () => undefined, /MODEL_NOT_FOUND: .*model\.safetensors/],
  ['has no config', 'config.json', () => undefined, /MODEL_NOT_FOUND: .*config\.json/],
  [
    'has a config that is no JSON',
    'config.json',
    () => '{',
    /MODEL_CONFIG_INVALID: .*config\.json/,
  ],
  [
    'has a config that does not fit its weights',
    'config.json',
    (file: Buffer) =>
      file.toString().replace('"intermediate_size": 512', '"intermediate_size": 256'),
    /WEIGHTS_MISMATCH: expected tensor .*256.*got.*512/,
  ],
  [
    'has truncated weights',
    'model.safetensors',
    (file: Buffer) => file.subarray(0, 1_000_000),
    /WEIGHTS_INVALID: /,
  ],
  [
    'has corrupt weights',
    'model.safetensors',
    (file: Buffer) => file.fill('x', 0, 64),
    /WEIGHTS_INVALID: /,
  ],
  ['has weights that are empty', 'model.safetensors', () => '', /WEIGHTS_INVALID: /],
  [
    'has weights with a header of 2^62 bytes',
    'model.safetensors',
    (file: Buffer) => {
      file.writeBigUInt64LE(2n ** 62n);
      return file;
    },
    /WEIGHTS_INVALID: /,
  ],
  [
    'has a tensor beyond the end of its file',
    'model.safetensors',
    () => safetensors('{"logit_scale":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}'),
    /WEIGHTS_INVALID: /,
  ],
])('a model that %s', async (_what, file, change, line) => {
  const model = await breakModel(file, change);
  expectFailure(await classify('--model', model.folder), line);
  await model.remove();
});

test('a model folder that is not there, for a server as for a command', async () => {
  const line =
    /MODEL_NOT_FOUND: expected a model folder or a file of weights, got none at .*nowhere \(clipql models lists the published ones\)/;
  expectFailure(await classify('--model', 'nowhere'), line);
  expectFailure(await clipql('serve', '--model', 'nowhere'), line);
});

test('the embedded model can be named', async () => {
  const named = await classify('--model', 'lite', '--format', 'csv');
  expect(named).toEqual(await classify('--format', 'csv'));
  expect(named.stdout).toContain('sheep');
  expect(named.exitCode).toBe(0);
});

test('a model of the user’s own runs under its own name', async () => {
  const model = await breakModel('config.json', (config) => config);
  const { stdout } = await classify('--model', model.folder, '--json');
  await model.remove();
  expect(JSON.parse(stdout)[0]).toMatchObject({
    label: 'sheep',
    model: expect.stringMatching(/^clipql-test-/),
  });
});
