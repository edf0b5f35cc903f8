import { crc32 } from '../crc32.ts';
import { ClipError } from '../errors.ts';
import { ASCENT_ARRAYS, type Ascent } from './ascent.ts';
import type { PictureSettings } from './picture-settings.ts';
import { RECIPE_NUMBER } from './recipe.ts';

/** A picture that is being drawn, as much of it as has to be kept. */
export interface PictureState {
  readonly settings: PictureSettings;
  /** The models' names, in the order of their turns. */
  readonly models: readonly string[];
  /** What identifies the models: a checksum of their targets. */
  readonly targets: number;
  /** The start picture, [size, size, 3]; undefined without one. */
  readonly start: Uint8Array | undefined;
  readonly ascent: Ascent;
}

/** `clipql picture`, and the version of the layout. */
const MAGIC = 'clipql picture 1\n';
const WORD_BYTES = 4;

/**
 * A state as bytes: the magic line, the length of a JSON header, the header, the start picture, the arrays of float32
 * in little endian, and a CRC-32 of all.
 */
export function writePictureState({ start, ascent, ...rest }: PictureState): Uint8Array {
  const { step } = ascent;
  const values = ascent.values.length;
  const header = new TextEncoder().encode(
    JSON.stringify({
      recipe: RECIPE_NUMBER,
      ...rest,
      step,
      values,
      startBytes: start?.length ?? 0,
    }),
  );
  const prefix = new TextEncoder().encode(MAGIC);
  const arrays = prefix.length + WORD_BYTES + header.length + (start?.length ?? 0);
  const bytes = new Uint8Array(arrays + (ASCENT_ARRAYS.length * values + 1) * WORD_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(prefix);
  view.setUint32(prefix.length, header.length, true);
  bytes.set(header, prefix.length + WORD_BYTES);
  if (start !== undefined) bytes.set(start, arrays - start.length);
  for (const [i, name] of ASCENT_ARRAYS.entries()) {
    const array = ascent[name];
    bytes.set(
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
      arrays + i * values * WORD_BYTES,
    );
  }
  const end = bytes.length - WORD_BYTES;
  view.setUint32(end, crc32(bytes.subarray(0, end)), true);
  return bytes;
}

/**
 * @throws ClipError BAD_INPUT for bytes that {@link writePictureState} did not write, or not all of them; and for a state
 *   of another recipe.
 */
export function readPictureState(given: Uint8Array): PictureState {
  // A copy, also because `slice` of Node's Buffer does not copy.
  const bytes = new Uint8Array(given);
  const view = new DataView(bytes.buffer);
  const end = bytes.length - WORD_BYTES;
  const isOurs = new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) === MAGIC;
  if (!isOurs || crc32(bytes.subarray(0, end)) !== view.getUint32(end, true)) {
    throw new ClipError(
      'BAD_INPUT',
      `expected the whole state of a picture, got ${isOurs ? 'damaged' : 'other'} bytes`,
    );
  }
  const headerStart = MAGIC.length + WORD_BYTES;
  const headerEnd = headerStart + view.getUint32(MAGIC.length, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(headerStart, headerEnd)));
  // The first recipe's states do not name it.
  const { recipe = 1, settings, models, targets, step, values, startBytes } = header;
  if (recipe !== RECIPE_NUMBER) {
    throw new ClipError(
      'BAD_INPUT',
      `expected a state of recipe ${RECIPE_NUMBER}, got one of recipe ${recipe}, which another version of ClipQL draws by`,
    );
  }
  const arrays = headerEnd + startBytes;
  const [first, momentum, mean] = ASCENT_ARRAYS.map((_, i) => {
    const from = arrays + i * values * WORD_BYTES;
    return new Float32Array(bytes.slice(from, from + values * WORD_BYTES).buffer);
  });
  return {
    settings,
    models,
    targets,
    start: startBytes > 0 ? bytes.slice(headerEnd, arrays) : undefined,
    ascent: { step, values: first!, momentum: momentum!, mean: mean! },
  };
}

/** In what a state is another picture's than the one expected; undefined where it is the same. */
export function differenceOf(got: PictureState, expected: PictureState): string | undefined {
  for (const name of Object.keys(expected.settings) as (keyof PictureSettings)[]) {
    const value = JSON.stringify(got.settings[name]);
    if (value !== JSON.stringify(expected.settings[name])) return `one with ${name} ${value}`;
  }
  const models = got.models.join(', ');
  if (models !== expected.models.join(', ')) return `one by ${models}`;
  if (got.targets !== expected.targets) return `one by ${models} with other weights`;
  const [start, own] = [got.start ?? [], expected.start ?? []];
  const isSame = start.length === own.length && start.every((value, i) => value === own[i]);
  return isSame ? undefined : 'one with another start picture';
}
