/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header, then the
 * tensors' bytes end to end.
 *
 * @see https://huggingface.co/docs/safetensors
 */
import { ClipError, grouped } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { ByteSource } from './byte-source.ts';
import { duplicateKey } from './duplicate-key.ts';
import type { TensorEntry } from './tensor-entry.ts';

const MAX_HEADER_BYTES = 4 * 1024 * 1024;
const LENGTH_BYTES = 8;
const METADATA = '__metadata__';

const BYTES_PER_ELEMENT: ReadonlyMap<string, number> = new Map([
  ['F64', 8],
  ['I64', 8],
  ['U64', 8],
  ['F32', 4],
  ['I32', 4],
  ['U32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['I16', 2],
  ['U16', 2],
  ['I8', 1],
  ['U8', 1],
  ['BOOL', 1],
  ['F8_E4M3', 1],
  ['F8_E5M2', 1],
]);

/**
 * Reads and checks the header of a safetensors file. The tensors must fill the rest of the file
 * exactly: no hole, no overlap, nothing after the last one. A dtype that is not known is kept as it
 * is, since the model may not use that tensor.
 *
 * @returns each tensor's dtype, shape and place, by name.
 * @throws ClipError WEIGHTS_INVALID, saying what was expected and what came.
 */
export async function readSafetensorsHeader(
  source: ByteSource,
): Promise<ReadonlyMap<string, TensorEntry>> {
  const headerLength = await readHeaderLength(source);
  const bytes = new Uint8Array(headerLength);
  await source.read(LENGTH_BYTES, bytes);
  const entries = parseHeader(bytes, LENGTH_BYTES + headerLength);
  checkLayout(entries, LENGTH_BYTES + headerLength, source.size);
  return entries;
}

async function readHeaderLength(source: ByteSource): Promise<number> {
  if (source.size < LENGTH_BYTES) {
    throw invalid(
      `truncated: expected at least ${LENGTH_BYTES} bytes, got ${grouped(source.size)}`,
    );
  }
  const bytes = new Uint8Array(LENGTH_BYTES);
  await source.read(0, bytes);
  const length = new DataView(bytes.buffer).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw invalid(
      `expected a header of at most ${grouped(MAX_HEADER_BYTES)} bytes, got ${grouped(length)}`,
    );
  }
  if (LENGTH_BYTES + Number(length) > source.size) {
    throw invalid(
      `truncated: expected a header of ${grouped(length)} bytes, got ${grouped(source.size - LENGTH_BYTES)}`,
    );
  }
  return Number(length);
}

function parseHeader(bytes: Uint8Array, dataStart: number): Map<string, TensorEntry> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (cause) {
    throw invalid('the header is not JSON in UTF-8', cause);
  }
  if (!isJsonObject(header) || bytes[0] !== 0x7b) {
    throw invalid('expected a header that begins with "{"');
  }
  const duplicate = duplicateKey(text);
  if (duplicate !== undefined) throw invalid(`duplicate name ${JSON.stringify(duplicate)}`);

  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) checkMetadata(value);
    else entries.set(name, tensorEntry(name, value, dataStart));
  }
  return entries;
}

function checkMetadata(value: unknown): void {
  const texts = isJsonObject(value) && Object.values(value).every((v) => typeof v === 'string');
  if (!texts) throw invalid(`expected ${METADATA} to map texts to texts`);
}

function tensorEntry(name: string, value: unknown, dataStart: number): TensorEntry {
  const at = (problem: string) => invalid(`tensor ${shown(name)}: ${problem}`);
  if (name === '__proto__') throw at('not a usable name');
  if (!isJsonObject(value)) throw at('expected an object');
  const extra = Object.keys(value).find((key) => !TENSOR_FIELDS.has(key));
  if (extra !== undefined) throw at(`unexpected field ${shown(extra)}`);
  const { dtype, shape, begin, end } = tensorFields(value, at);

  let elements = 1;
  for (const size of shape) {
    elements *= size;
    if (!Number.isSafeInteger(elements)) throw at(`shape [${shape.join(', ')}] overflows`);
  }
  const elementBytes = BYTES_PER_ELEMENT.get(dtype);
  const length = end - begin;
  if (elementBytes !== undefined && length !== elements * elementBytes) {
    const expected = elements * elementBytes;
    throw at(
      `expected ${grouped(expected)} bytes for [${shape.join(', ')}] ${dtype}, got ${grouped(length)}`,
    );
  }
  return { dtype, shape, offset: dataStart + begin, length };
}

const TENSOR_FIELDS: ReadonlySet<string> = new Set(['dtype', 'shape', 'data_offsets']);
const isSize = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function tensorFields(value: JsonObject, at: (problem: string) => ClipError) {
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') throw at('expected a dtype');
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw at('expected a shape of whole numbers, 0 or more');
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw at('expected two data_offsets, whole numbers, 0 or more');
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw at(`data_offsets end at ${end}, before they begin at ${begin}`);
  return { dtype, shape: shape as readonly number[], begin, end };
}

function checkLayout(
  entries: ReadonlyMap<string, TensorEntry>,
  dataStart: number,
  size: number,
): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.offset - b.offset || a.length - b.length);
  let position = dataStart;
  for (const [name, { offset, length }] of inOrder) {
    if (offset < position) throw invalid(`tensor ${shown(name)} overlaps the one before it`);
    if (offset > position) {
      throw invalid(
        `${grouped(offset - position)} bytes before tensor ${shown(name)} belong to no tensor`,
      );
    }
    position = offset + length;
    if (position > size) {
      throw invalid(
        `truncated: expected ${grouped(position)} bytes up to the end of tensor ${shown(name)}, got ${grouped(size)}`,
      );
    }
  }
  if (position < size) throw invalid(`${grouped(size - position)} bytes follow the last tensor`);
}

/** A name from the file, safe to print: one line, not endless. */
const shown = (name: string): string =>
  JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);

const invalid = (problem: string, cause?: unknown): ClipError =>
  new ClipError('WEIGHTS_INVALID', `weights are not valid safetensors: ${problem}`, { cause });
