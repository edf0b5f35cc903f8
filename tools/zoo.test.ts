import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { zoo } from '../packages/api/src/models/zoo.ts';
import { isOpenAi } from '../packages/bench/src/kit/models/openai-sizes.ts';
import { parseConfig } from '../packages/core/src/config/config-json.ts';
import { parseOpenClipConfig } from '../packages/core/src/config/open-clip-json.ts';
import { openAiConfig } from '../packages/core/src/config/openai-shapes.ts';
import { planGraph } from '../packages/core/src/graph/plan.ts';
import { planOperations } from '../packages/core/src/graph/work.ts';
import { imageTowerOf } from '../packages/core/src/model/towers.ts';
import { weightsAmong } from '../packages/core/src/model-files.ts';
import { withZooTable, ZOO_PAGE } from './documented/zoo-table.ts';
import { PUBLISHED } from './zoo/configs.ts';
import { smallFile, tensorsOf } from './zoo/folder.ts';

test('docs/models.md has the zoo as it is: pnpm zoo writes it', () => {
  const page = readFileSync(ZOO_PAGE, 'utf8');
  expect(page).toBe(withZooTable(page));
});

test.each(zoo())('$id: its weights come last, after a config and a tokenizer', ({ id, files }) => {
  const names = files.map(({ name }) => name);
  expect(weightsAmong(names)).toBe(names.at(-1));
  const tokenizers = names.filter((name) => /^(tokenizer|vocab)\.json$/.test(name));
  expect(tokenizers).toHaveLength(1);
  expect(names.includes('merges.txt')).toBe(tokenizers[0] === 'vocab.json');
  // OpenAI's own files need no config.
  const hasConfig = names.some((name) => /^(open_clip_)?config\.json$/.test(name));
  expect(hasConfig).toBe(PUBLISHED[id]!.family !== 'openai');
  expect(new Set(names).size).toBe(names.length);
});

test('no two models of the zoo have one id', () => {
  const ids = zoo().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(zoo())('$id: its numbers follow from its published config', (model) => {
  const json = PUBLISHED[model.id]!.json(false, 0);
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  const tensors = tensorsOf(json);
  const shapes = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const config = isOpenAi(json)
    ? openAiConfig(shapes)
    : 'model_cfg' in json
      ? parseOpenClipConfig(bytes, shapes)
      : parseConfig(bytes);
  const parameters = tensors
    .filter(({ name, dtype }) => dtype === 'F32' && !/running_(mean|var)$/.test(name))
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const { vocabularySize, width, tower } = config.text;
  expect({
    parameters,
    imageOperations: planOperations(planGraph(imageTowerOf(config, 1).graph)),
    dimensions: config.embeddingWidth,
    resolution: config.vision.imageSize,
    ...(tower === 'siglip' && { tokenTableParameters: vocabularySize * width }),
  }).toEqual({
    parameters: model.parameters,
    imageOperations: model.imageOperations,
    dimensions: model.dimensions,
    resolution: model.resolution,
    ...(model.tokenTableParameters && { tokenTableParameters: model.tokenTableParameters }),
  });
});

/** Small files that are written here as they are published, byte by byte. */
const WRITTEN = ['preprocessor_config.json', 'open_clip_config.json'];

const pinned = zoo().flatMap((model) =>
  model.files
    .filter(({ name, sha256 }) => WRITTEN.includes(name) && sha256 !== undefined)
    .map(({ name, sha256 }) => ({ id: model.id, name, sha256, model })),
);

test.each(pinned)('$id: $name of the smoke test is the published one', (file) => {
  const config = PUBLISHED[file.id]!.json(false, 0);
  const bytes = smallFile(file.name, file.model, config);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
});
