import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFiles, Precision } from '@clipql/core';
import type { JsonObject } from '../input-file.ts';
import { hasLiteTrunk, isOpenClip } from '../models/openai-sizes.ts';
import { CheckpointReader } from './checkpoint-reader.ts';
import { buildEfficientNetTower } from './efficientnet-tower.ts';
import { buildImageTower } from './image-tower.ts';
import { floatLinear, int8Linear } from './linear-layers.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { OpenClipTensors } from './open-clip-tensors.ts';
import type { Message } from './protobuf.ts';
import { buildTextTower } from './text-tower.ts';

export type ExportedTower = 'image' | 'text';

const FILE = { image: 'vision_model', text: 'text_model' } as const;
/** What transformers appends for `dtype: 'fp32'` and `'q8'`. */
const SUFFIX = { f32: '', int8: '_quantized' } as const;
const LINEAR = { f32: floatLinear, int8: int8Linear } as const;

/** Where a tower lies in an exported folder, laid out as transformers expects it. */
export const onnxFile = (folder: string, tower: ExportedTower, precision: Precision): string =>
  join(folder, 'onnx', `${FILE[tower]}${SUFFIX[precision]}.onnx`);

/**
 * Writes a tower of a model as an ONNX file. In int8 every linear layer is quantized;
 * convolutions, EfficientNet-Lite's and the patch embedding, and the token embedding stay float32.
 *
 * @param config transformers' `config.json` of a `CLIPModel`, or `open_clip_config.json`.
 * @throws BenchError MODEL_UNUSABLE for a checkpoint that holds neither float32 nor float16.
 */
export async function exportTower(
  model: ModelFiles,
  config: JsonObject,
  folder: string,
  { tower, precision }: { tower: ExportedTower; precision: Precision },
): Promise<string> {
  const checkpoint = await CheckpointReader.open(model);
  const weights = isOpenClip(config) ? new OpenClipTensors(checkpoint) : checkpoint;
  const buildVision = hasLiteTrunk(config) ? buildEfficientNetTower : buildImageTower;
  const build = tower === 'text' ? buildTextTower : buildVision;
  try {
    const graph = new OnnxGraph();
    await build({ graph, weights, linear: LINEAR[precision] }, config);
    const file = onnxFile(folder, tower, precision);
    await mkdir(join(folder, 'onnx'), { recursive: true });
    await writeMessage(file, graph.model());
    return file;
  } finally {
    await checkpoint.close();
  }
}

async function writeMessage(file: string, parts: Message): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (const part of parts) await handle.writeFile(part);
  } finally {
    await handle.close();
  }
}
