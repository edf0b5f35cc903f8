import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFiles, Precision } from '@clipql/core';
import type { JsonObject } from '../json-object.ts';
import { CheckpointReader } from './checkpoint-reader.ts';
import { buildImageTower } from './image-tower.ts';
import { floatLinear, int8Linear } from './linear-layers.ts';
import { OnnxGraph } from './onnx-graph.ts';
import type { Message } from './protobuf.ts';
import { buildTextTower } from './text-tower.ts';

export type ExportedTower = 'image' | 'text';

const TOWERS = {
  image: { file: 'vision_model', build: buildImageTower },
  text: { file: 'text_model', build: buildTextTower },
} as const;
/** What transformers appends for `dtype: 'fp32'` and `'q8'`. */
const SUFFIX = { f32: '', int8: '_quantized' } as const;
const LINEAR = { f32: floatLinear, int8: int8Linear } as const;

/** Where a tower lies in an exported folder, laid out as transformers expects it. */
export const onnxFile = (folder: string, tower: ExportedTower, precision: Precision): string =>
  join(folder, 'onnx', `${TOWERS[tower].file}${SUFFIX[precision]}.onnx`);

/**
 * Writes a tower of a model as an ONNX file. In int8 every linear layer is quantized; the patch
 * embedding, which is a convolution, and the token embedding stay float32.
 *
 * @throws BenchError MODEL_UNUSABLE for a checkpoint that is not float32.
 */
export async function exportTower(
  model: ModelFiles,
  config: JsonObject,
  folder: string,
  { tower, precision }: { tower: ExportedTower; precision: Precision },
): Promise<string> {
  const weights = await CheckpointReader.open(model);
  try {
    const graph = new OnnxGraph();
    await TOWERS[tower].build({ graph, weights, linear: LINEAR[precision] }, config);
    const file = onnxFile(folder, tower, precision);
    await mkdir(join(folder, 'onnx'), { recursive: true });
    await writeMessage(file, graph.model());
    return file;
  } finally {
    await weights.close();
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
