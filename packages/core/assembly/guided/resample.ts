/**
 * A plane resampled, target += Y · (X · source), and the adjoint, source += Xᵀ · (Yᵀ · target).
 *
 * source [H, F], the rows that Y reads, and target [T, T], float32. X and Y have a record for each of the T results of an
 * axis: the first element that is read and how many, i32, and `taps` weights, float64, of which so many count.
 *
 * The sums of X are in float64 and rounded once; all others are rounded to float32 with each term. Their order is that of
 * the elements read, and in an adjoint that of the results. X is applied to the transposed plane, so that both passes
 * are sums of rows.
 */
import { storeRounded, wideHigh, wideLow } from './wide';

/** @param first, second room for max(F, T) · H floats each */
export function addResampled(
  source: usize,
  height: i32,
  from: i32,
  x: usize,
  xTaps: i32,
  y: usize,
  yTaps: i32,
  to: i32,
  first: usize,
  second: usize,
  target: usize,
): void {
  transpose(source, height, from, first);
  filterRows(first, height, x, xTaps, to, second);
  transpose(second, to, height, first);
  const rowBytes = <usize>to << 2;
  for (let i = 0; i < to; i++, y += recordBytes(yTaps), target += rowBytes) {
    let row = first + <usize>load<i32>(y) * rowBytes;
    const end = weightsEnd(y);
    for (let weight = y + 8; weight < end; weight += 8, row += rowBytes) {
      addRow(target, row, load<f64>(weight), rowBytes);
    }
  }
}

/** @param first, second room for max(F, T) · H floats each */
export function addResampledAdjoint(
  source: usize,
  height: i32,
  from: i32,
  x: usize,
  xTaps: i32,
  y: usize,
  yTaps: i32,
  to: i32,
  first: usize,
  second: usize,
  target: usize,
): void {
  memory.fill(first, 0, <usize>(height * to) << 2);
  addRowsAdjoint(target, to, y, yTaps, to, first);
  transpose(first, height, to, second);
  transpose(source, height, from, first);
  addRowsAdjoint(second, height, x, xTaps, to, first);
  transpose(first, from, height, source);
}

// @ts-ignore: decorator
@inline
function recordBytes(taps: i32): usize {
  return <usize>(taps + 1) << 3;
}

/** Behind the last weight of a record that counts. */
// @ts-ignore: decorator
@inline
function weightsEnd(record: usize): usize {
  return record + 8 + (<usize>load<i32>(record, 4) << 3);
}

/** to[i] = Σ weight · from[row], for rows of `width` floats. */
function filterRows(from: usize, width: i32, axis: usize, taps: i32, results: i32, to: usize): void {
  const rowBytes = <usize>width << 2;
  for (let i = 0; i < results; i++, axis += recordBytes(taps), to += rowBytes) {
    const rows = from + <usize>load<i32>(axis) * rowBytes;
    const end = weightsEnd(axis);
    let at: usize = 0;
    for (; at + 32 <= rowBytes; at += 32) {
      let a = f64x2.splat(0);
      let b = a;
      let c = a;
      let d = a;
      let row = rows + at;
      for (let weight = axis + 8; weight < end; weight += 8, row += rowBytes) {
        const weights = v128.load64_splat(weight);
        a = f64x2.add(a, f64x2.mul(weights, wideLow(row)));
        b = f64x2.add(b, f64x2.mul(weights, wideHigh(row)));
        c = f64x2.add(c, f64x2.mul(weights, wideLow(row + 16)));
        d = f64x2.add(d, f64x2.mul(weights, wideHigh(row + 16)));
      }
      storeRounded(to + at, a, b);
      storeRounded(to + at + 16, c, d);
    }
    for (; at < rowBytes; at += 4) {
      let sum: f64 = 0;
      let row = rows + at;
      for (let weight = axis + 8; weight < end; weight += 8, row += rowBytes) {
        sum += load<f64>(weight) * <f64>load<f32>(row);
      }
      store<f32>(to + at, <f32>sum);
    }
  }
}

/** to[row] += weight · from[i], for rows of `width` floats. */
function addRowsAdjoint(from: usize, width: i32, axis: usize, taps: i32, results: i32, to: usize): void {
  const rowBytes = <usize>width << 2;
  for (let i = 0; i < results; i++, axis += recordBytes(taps), from += rowBytes) {
    let row = to + <usize>load<i32>(axis) * rowBytes;
    const end = weightsEnd(axis);
    for (let weight = axis + 8; weight < end; weight += 8, row += rowBytes) {
      addRow(row, from, load<f64>(weight), rowBytes);
    }
  }
}

/** target += weight · source, for `bytes` of floats. */
// @ts-ignore: decorator
@inline
function addRow(target: usize, source: usize, weight: f64, bytes: usize): void {
  const weights = f64x2.splat(weight);
  const end = target + bytes;
  for (; target + 16 <= end; target += 16, source += 16) {
    const low = f64x2.add(wideLow(target), f64x2.mul(weights, wideLow(source)));
    const high = f64x2.add(wideHigh(target), f64x2.mul(weights, wideHigh(source)));
    storeRounded(target, low, high);
  }
  for (; target < end; target += 4, source += 4) {
    store<f32>(target, <f32>(<f64>load<f32>(target) + weight * <f64>load<f32>(source)));
  }
}

/** [rows, columns] to [columns, rows]. */
function transpose(from: usize, rows: i32, columns: i32, to: usize): void {
  const pitch = <usize>columns << 2;
  const toPitch = <usize>rows << 2;
  const wholeRows = rows & ~3;
  const wholeColumns = columns & ~3;
  for (let row = 0; row < wholeRows; row += 4) {
    let at = from + <usize>row * pitch;
    let into = to + (<usize>row << 2);
    for (let column = 0; column < wholeColumns; column += 4, at += 16, into += toPitch << 2) {
      const a = v128.load(at);
      const b = v128.load(at + pitch);
      const c = v128.load(at + pitch * 2);
      const d = v128.load(at + pitch * 3);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(into, v128.shuffle<i64>(ab, cd, 0, 2));
      v128.store(into + toPitch, v128.shuffle<i64>(ab, cd, 1, 3));
      v128.store(into + toPitch * 2, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
      v128.store(into + toPitch * 3, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
    }
    transposeEach(from, row, row + 4, wholeColumns, columns, pitch, toPitch, to);
  }
  transposeEach(from, wholeRows, rows, 0, columns, pitch, toPitch, to);
}

function transposeEach(
  from: usize,
  firstRow: i32,
  endRow: i32,
  firstColumn: i32,
  endColumn: i32,
  pitch: usize,
  toPitch: usize,
  to: usize,
): void {
  for (let row = firstRow; row < endRow; row++) {
    for (let column = firstColumn; column < endColumn; column++) {
      const value = load<f32>(from + <usize>row * pitch + (<usize>column << 2));
      store<f32>(to + <usize>column * toPitch + (<usize>row << 2), value);
    }
  }
}
