import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  LOGIT_BIAS,
  LOGIT_SCALE,
  siglipFiles,
} from '../../../../../core/src/testing/siglip-model.ts';
import { startApi, type TestApi } from '../../../testing/api.ts';
import { picture } from '../../../testing/pictures.ts';

let folder: string;
let api: TestApi;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-siglip-'));
  for (const [name, bytes] of Object.entries(siglipFiles())) {
    await writeFile(join(folder, name), bytes);
  }
  api = await startApi({ served: [folder] });
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const image = { base64: Buffer.from(picture(1)).toString('base64') };

async function classify(mode: string) {
  const { data } = await api.query(
    `query ($image: ImageInput!) {
      classify(image: $image, labels: ["cat", "dog"]${mode}) {
        scores { cosine logit probability }
        model { logitBias }
      }
    }`,
    { image },
  );
  return data.classify;
}

test('a SigLIP judges each label by a sigmoid of its own, bias and all, unless a mode is given', async () => {
  const { scores, model } = await classify('');
  expect(model.logitBias).toBe(LOGIT_BIAS);
  for (const { cosine, logit, probability } of scores) {
    expect(logit).toBeCloseTo(LOGIT_SCALE * cosine + LOGIT_BIAS, 4);
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
  }
  const shared = await classify(', mode: SOFTMAX');
  expect(shared.scores[0].probability + shared.scores[1].probability).toBeCloseTo(1, 6);
});

test('SageMaker’s door has the same probabilities', async () => {
  const response = await api.fetch('/invocations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ images: [image.base64], classes: ['cat', 'dog'] }),
  });
  expect(response.status).toBe(200);
  const { scores } = await classify('');
  const expected = scores.map(({ probability }: { probability: number }) => probability);
  expect(JSON.stringify(await response.json())).toContain(
    String(Math.max(...expected)).slice(0, 8),
  );
});
