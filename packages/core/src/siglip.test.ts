/** What is SigLIP's own in `Clip`; `bench parity` compares its embeddings with transformers'. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadClip } from './load-clip.ts';
import { modelFromBytes } from './model-files.ts';
import { modelFromFolder } from './node/index.ts';
import { LOGIT_BIAS, LOGIT_SCALE, siglipFiles, siglipModel } from './testing/siglip-model.ts';

const pixels = { size: 8, data: new Float32Array(3 * 64).map((_, i) => Math.sin(i)) };

test('labels are judged one by one by a sigmoid, bias and all, unless another mode is asked for', async () => {
  const clip = await loadClip(siglipModel());
  onTestFinished(() => clip.dispose());
  expect(clip.info).toMatchObject({ classifyMode: 'sigmoid', logitBias: LOGIT_BIAS });
  expect(clip.info.logitScale).toBeCloseTo(LOGIT_SCALE, 4);
  const [result] = await clip.classify([pixels], ['cat', 'dog']);
  for (const { cosine, logit, probability } of result!.scores) {
    expect(logit).toBeCloseTo(LOGIT_SCALE * cosine + LOGIT_BIAS, 4);
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
  }
  const [shared] = await clip.classify([pixels], ['cat', 'dog'], { mode: 'softmax' });
  const sum = shared!.scores.reduce((total, { probability }) => total + probability!, 0);
  expect(sum).toBeCloseTo(1, 6);
});

test('texts are padded to the context, and cut to it with the end token kept', async () => {
  const clip = await loadClip(siglipModel());
  onTestFinished(() => clip.dispose());
  expect(clip.tokenize('cat dog')).toEqual({ ids: [3, 999, 1, 0, 0, 0, 0, 0], truncated: false });
  expect(clip.tokenize('cat '.repeat(20))).toEqual({
    ids: [3, 3, 3, 3, 3, 3, 3, 1],
    truncated: true,
  });
  const texts = ['cat', 'cat dog', 'dog '.repeat(30)];
  const together = await clip.encodeTexts([...texts, ...texts, ...texts]);
  for (const [i, text] of texts.entries()) {
    const [alone] = await clip.encodeTexts([text]);
    together[i + 3]!.forEach((value, at) => {
      expect(value).toBeCloseTo(alone![at]!, 6);
    });
  }
});

test('the token table stays on the disk: rows are read from it until the model is disposed of', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clipql-siglip-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = siglipFiles();
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  const clip = await loadClip(await modelFromFolder(folder), { backend: 'reference' });
  const before = clip.memoryBytes;
  expect(before).toBeLessThan(files['model.safetensors']!.length - 1000 * 16 * 4);
  const [fromDisk] = await clip.encodeTexts(['cat dog']);
  const inMemory = await loadClip(siglipModel(), { backend: 'reference' });
  onTestFinished(() => inMemory.dispose());
  expect(await inMemory.encodeTexts(['cat dog'])).toEqual([fromDisk]);

  const late = clip.encodeTexts(['dog cat']);
  clip.dispose();
  await expect(late).rejects.toMatchObject({ code: 'DISPOSED' });
  await expect(clip.encodeTexts(['cat'])).rejects.toMatchObject({ code: 'DISPOSED' });
});

test('a row of the token table that is not finite is refused when a text needs it', async () => {
  const files = siglipFiles();
  const weights = files['model.safetensors']!.slice();
  const length = Number(new DataView(weights.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(weights.subarray(8, 8 + length)));
  const table = header['text_model.embeddings.token_embedding.weight'].data_offsets[0];
  new DataView(weights.buffer).setFloat32(8 + length + table + 999 * 64, Number.NaN, true);
  const clip = await loadClip(modelFromBytes('siglip', { ...files, 'model.safetensors': weights }));
  onTestFinished(() => clip.dispose());
  await clip.encodeTexts(['cat']);
  await expect(clip.encodeTexts(['dog'])).rejects.toMatchObject({
    code: 'WEIGHTS_INVALID',
    message: expect.stringContaining('token_embedding.weight: expected finite values, got NaN'),
  });
});
