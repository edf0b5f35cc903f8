import type { ByteSource, ModelFiles } from '@clipql/core';

/** Changes a tensor's values in place. */
export type Mistake = (values: Float32Array) => void;

/**
 * The same model, but every float tensor whose name matches is changed as it is read. Holds for
 * readers that read a tensor whole, as core does.
 */
export function withMistake(model: ModelFiles, names: RegExp, mistake: Mistake): ModelFiles {
  return {
    ...model,
    openWeights: async () => {
      const source = await model.openWeights();
      return source && mistakenSource(source, names, mistake);
    },
  };
}

async function mistakenSource(
  source: ByteSource,
  names: RegExp,
  mistake: Mistake,
): Promise<ByteSource> {
  const length = new DataView(new ArrayBuffer(8));
  await source.read(0, new Uint8Array(length.buffer));
  const headerLength = Number(length.getBigUint64(0, true));
  const header = new Uint8Array(headerLength);
  await source.read(8, header);
  const entries: [string, { data_offsets: [number, number] }][] = Object.entries(
    JSON.parse(new TextDecoder().decode(header)),
  );
  const begins = new Set(
    entries
      .filter(([name]) => names.test(name))
      .map(([, entry]) => 8 + headerLength + entry.data_offsets[0]),
  );
  if (begins.size === 0) throw new Error(`no tensor matches ${names}`);
  return {
    size: source.size,
    read: async (offset, target) => {
      await source.read(offset, target);
      if (begins.has(offset))
        mistake(new Float32Array(target.buffer, target.byteOffset, target.length / 4));
    },
    close: () => source.close(),
  };
}
