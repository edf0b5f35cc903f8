import type { RunInputs } from '../backends/run-values.ts';
import type { TokenTable } from '../weights/token-table.ts';
import type { TextShape } from './run-shapes.ts';

/**
 * The inputs of CLIP's text tower for a batch. Rows past the last text belong to none, and texts past the
 * last have no rows.
 */
export function packedTexts(texts: readonly (readonly number[])[], shape: TextShape): RunInputs {
  const ids = new Int32Array(shape.tokens);
  const positions = new Int32Array(shape.tokens);
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  const offsets = new Int32Array(shape.texts + 1).fill(total);
  const endRows = new Int32Array(shape.texts);
  let start = 0;
  for (const [i, text] of texts.entries()) {
    offsets[i] = start;
    ids.set(text, start);
    positions.set(
      text.map((_, position) => position),
      start,
    );
    start += text.length;
    endRows[i] = start - 1;
  }
  return { ids, positions, offsets, endRows };
}

/**
 * The input of SigLIP's text tower for a batch: the rows of the token table. Texts past the last are zeros.
 *
 * @throws ClipError DISPOSED, or WEIGHTS_INVALID where the table cannot be read.
 */
export async function tokenRows(
  texts: readonly (readonly number[])[],
  shape: TextShape,
  table: TokenTable,
): Promise<RunInputs> {
  const tokens = new Float32Array(shape.tokens * table.width);
  await table.readRows(texts.flat(), tokens);
  return { tokens };
}
