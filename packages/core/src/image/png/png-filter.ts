import { ClipError } from '../../errors.ts';

/**
 * Undoes the filter of a row, in place (PNG specification, clause 9).
 *
 * @param row - the filter's number, then the filtered bytes
 * @param above - the row before it, undone, with any first byte; zeros above the first row
 * @param back - bytes from a sample to the same sample of the pixel before it, at least 1
 * @throws ClipError IMAGE_CORRUPT when the filter does not exist.
 */
export function unfilterRow(row: Uint8Array, above: Uint8Array, back: number): void {
  switch (row[0]) {
    case 0:
      return;
    case 1:
      addLeft(row, back);
      return;
    case 2:
      addAbove(row, above);
      return;
    case 3:
      addAverage(row, above, back);
      return;
    case 4:
      addPaeth(row, above, back);
      return;
    default:
      throw new ClipError(
        'IMAGE_CORRUPT',
        `the PNG file is damaged: expected a row filter of 0 to 4, got ${row[0]}`,
      );
  }
}

// Stores into a Uint8Array are modulo 256, as the filters are defined. Byte 0 is the filter's
// number, so the first `back` bytes, which have no pixel before them, are 1 to `back`.

function addLeft(row: Uint8Array, back: number): void {
  for (let i = 1 + back; i < row.length; i++) row[i] = row[i]! + row[i - back]!;
}

function addAbove(row: Uint8Array, above: Uint8Array): void {
  for (let i = 1; i < row.length; i++) row[i] = row[i]! + above[i]!;
}

function addAverage(row: Uint8Array, above: Uint8Array, back: number): void {
  const first = Math.min(1 + back, row.length);
  for (let i = 1; i < first; i++) row[i] = row[i]! + (above[i]! >> 1);
  for (let i = first; i < row.length; i++) {
    row[i] = row[i]! + ((row[i - back]! + above[i]!) >> 1);
  }
}

function addPaeth(row: Uint8Array, above: Uint8Array, back: number): void {
  const first = Math.min(1 + back, row.length);
  for (let i = 1; i < first; i++) row[i] = row[i]! + above[i]!;
  for (let i = first; i < row.length; i++) {
    const left = row[i - back]!;
    const up = above[i]!;
    const upLeft = above[i - back]!;
    const fromLeft = Math.abs(up - upLeft);
    const fromUp = Math.abs(left - upLeft);
    const fromUpLeft = Math.abs(left + up - upLeft - upLeft);
    const nearest =
      fromLeft <= fromUp && fromLeft <= fromUpLeft ? left : fromUp <= fromUpLeft ? up : upLeft;
    row[i] = row[i]! + nearest;
  }
}
