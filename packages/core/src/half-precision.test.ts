/** Checkpoints in F16 and BF16 against the same weights in F32. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type LoadOptions, loadClip } from './load-clip.ts';
import { modelFromBytes } from './model-files.ts';
import { safetensorsFile } from './testing/safetensors-file.ts';

const NANO = fileURLToPath(new URL('../../../models/nano/', import.meta.url));
const SHEEP = new URL('../../api/examples/march-pastoral.jpg', import.meta.url);
const NAMES = [
  'config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
];

type Dtype = 'F32' | 'F16' | 'BF16';
type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

/** The embedded model, each weight rounded to `rounded` and written as `dtype`. */
async function embed(rounded: Dtype, dtype: Dtype, options: LoadOptions = {}) {
  const files: Record<string, Uint8Array> = {};
  for (const name of NAMES) files[name] = await readFile(`${NANO}${name}`);
  files['model.safetensors'] = rewritten(
    await readFile(`${NANO}model.safetensors`),
    rounded,
    dtype,
  );
  const clip = await loadClip(modelFromBytes('nano', files), options);
  const [image] = await clip.encodeImages([await readFile(SHEEP)], { normalize: false });
  const texts = await clip.encodeTexts(['a photo of sheep', 'a boat'], { normalize: false });
  clip.dispose();
  return [image!, ...texts];
}

function rewritten(file: Buffer, rounded: Dtype, dtype: Dtype): Uint8Array {
  const length = Number(file.readBigUInt64LE());
  const { __metadata__: _, ...header } = JSON.parse(file.toString('utf8', 8, 8 + length)) as Header;
  const parts: Uint8Array[] = [];
  const entries: Header = {};
  let offset = 0;
  for (const [name, { dtype: was, shape, data_offsets: at }] of Object.entries(header)) {
    const bytes = file.subarray(8 + length + at[0], 8 + length + at[1]);
    const data = was === 'F32' ? converted(bytes, rounded, dtype) : bytes;
    entries[name] = {
      dtype: was === 'F32' ? dtype : was,
      shape,
      data_offsets: [offset, offset + data.length],
    };
    parts.push(data);
    offset += data.length;
  }
  return safetensorsFile(JSON.stringify(entries), Buffer.concat(parts));
}

function converted(bytes: Uint8Array, rounded: Dtype, dtype: Dtype): Uint8Array {
  const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes.length / 4;
  const target = new DataView(new ArrayBuffer(count * (dtype === 'F32' ? 4 : 2)));
  for (let i = 0; i < count; i++) {
    const value = round(from.getFloat32(4 * i, true), rounded);
    if (dtype === 'F32') target.setFloat32(4 * i, value, true);
    else if (dtype === 'F16') target.setFloat16(2 * i, value, true);
    else target.setUint16(2 * i, bitsOf(value) >>> 16, true);
  }
  return new Uint8Array(target.buffer);
}

/** To the nearest value of the format, to the even one of two. */
function round(value: number, dtype: Dtype): number {
  if (dtype === 'F32') return value;
  if (dtype === 'F16') return Math.f16round(value);
  const bits = bitsOf(value);
  WORD.setUint32(0, (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000);
  return WORD.getFloat32(0);
}

const WORD = new DataView(new ArrayBuffer(4));

function bitsOf(value: number): number {
  WORD.setFloat32(0, value);
  return WORD.getUint32(0);
}

const distance = (a: Float32Array, b: Float32Array) =>
  Math.hypot(...a.map((value, i) => value - b[i]!)) / Math.hypot(...b);

test.each(['F16', 'BF16'] as const)(
  'a checkpoint in %s gives exactly what the same values in F32 give',
  async (dtype) => {
    expect(await embed(dtype, dtype)).toEqual(await embed(dtype, 'F32'));
  },
);

// A weight is rounded by at most 2⁻¹¹ and 2⁻⁸ of itself; the errors of many weights partly cancel.
test.each([
  ['F16', 2 ** -11],
  ['BF16', 2 ** -8],
] as const)(
  'a checkpoint in %s agrees with F32 within %f of relative L2',
  async (dtype, rounding) => {
    const full = await embed('F32', 'F32');
    for (const [i, values] of (await embed(dtype, dtype)).entries()) {
      const error = distance(values, full[i]!);
      expect(error).toBeLessThan(4 * rounding);
      expect(error).toBeGreaterThan(0);
    }
  },
);
