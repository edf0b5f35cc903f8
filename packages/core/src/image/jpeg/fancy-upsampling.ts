/** The samples of one component. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly samples: Uint8Array;
}

/**
 * Doubles a plane's sides as libjpeg-turbo does by default (`jdsample.c`): three parts of the nearest
 * sample and one of the next nearest, rounded up and down in turn.
 *
 * @param factors - 1 or 2 for each direction
 */
export function fancyUpsampled(
  plane: Plane,
  factors: { readonly horizontal: 1 | 2; readonly vertical: 1 | 2 },
): Plane {
  const { horizontal, vertical } = factors;
  const width = plane.width * horizontal;
  const height = plane.height * vertical;
  const samples = new Uint8Array(width * height);
  // libjpeg repeats the samples of planes too narrow to have neighbours on both sides.
  const isNarrow = horizontal === 2 && plane.width <= 2;
  const widen = horizontal === 1 ? keepWidth : isNarrow ? repeatSamples : doubleWidth;
  for (let y = 0; y < height; y++) {
    const sums = vertical === 1 || isNarrow ? rowOf(plane, y, vertical) : blendedRows(plane, y);
    widen(sums, samples.subarray(y * width, (y + 1) * width), y);
  }
  return { width, height, samples };
}

/** A row's sums, and by how many bits they are to be shifted down. */
interface RowSums {
  readonly sums: ArrayLike<number>;
  readonly shift: 0 | 2;
}

function rowOf({ width, samples }: Plane, y: number, vertical: 1 | 2): RowSums {
  const row = Math.floor(y / vertical);
  return { sums: samples.subarray(row * width, (row + 1) * width), shift: 0 };
}

/** Three times the row, and once the one next to it that is nearer. */
function blendedRows({ width, height, samples }: Plane, y: number): RowSums {
  const near = y >> 1;
  const next = Math.min(height - 1, Math.max(0, y % 2 === 0 ? near - 1 : near + 1));
  const sums = Uint16Array.from(
    { length: width },
    (_, x) => 3 * samples[near * width + x]! + samples[next * width + x]!,
  );
  return { sums, shift: 2 };
}

function keepWidth({ sums, shift }: RowSums, row: Uint8Array, y: number): void {
  // Of two rows the upper is rounded down, the lower up.
  const rounding = shift === 0 ? 0 : 1 + (y % 2);
  for (let x = 0; x < row.length; x++) row[x] = (sums[x]! + rounding) >> shift;
}

function repeatSamples({ sums }: RowSums, row: Uint8Array): void {
  for (let x = 0; x < row.length; x++) row[x] = sums[x >> 1]!;
}

function doubleWidth({ sums, shift }: RowSums, row: Uint8Array): void {
  const last = sums.length - 1;
  const [left, right] = shift === 0 ? [1, 2] : [8, 7];
  for (let x = 0; x <= last; x++) {
    const sum = sums[x]!;
    row[2 * x] = (3 * sum + sums[Math.max(0, x - 1)]! + left) >> (shift + 2);
    row[2 * x + 1] = (3 * sum + sums[Math.min(last, x + 1)]! + right) >> (shift + 2);
  }
  // At the ends stands one sample alone, which without blended rows needs no rounding.
  row[0] = (4 * sums[0]! + (shift === 0 ? 0 : left)) >> (shift + 2);
  row[2 * last + 1] = (4 * sums[last]! + (shift === 0 ? 0 : right)) >> (shift + 2);
}
