/**
 * Reading ahead. All rows pass over a panel of weights before the next is needed, and only the first
 * block of them waits for memory. So each block touches its share of the next panel while it computes.
 *
 * In float32 eight lines are touched together, so that they are waited for together: weights that come
 * from memory run at 57 to 60 of the 62 GFLOP/s of weights in the cache, with a line at a time at 51 to 55.
 * In int8, where the same lines last a quarter of the steps, more than two together are no gain (one
 * thread, 50 rows, Intel Xeon with AVX-512).
 */

/** Lines that are touched together. */
// @ts-ignore: decorator
@inline
function lines(isInt8: bool): usize {
  return isInt8 ? 2 : 8;
}

/** Bytes of x (float32) or q (4 int8) between two times of touching. */
// @ts-ignore: decorator
@inline
export function aheadInterval(isInt8: bool): usize {
  return 64 * lines(isInt8);
}

/**
 * How far apart the touched places are, so that a block touches all of its share, and nothing behind it.
 *
 * @param rowBytes of a row of x or q
 * @param share bytes of the next panel
 */
// @ts-ignore: decorator
@inline
export function aheadStep(isInt8: bool, rowBytes: usize, share: usize): usize {
  const interval = aheadInterval(isInt8);
  const times = (rowBytes + interval - 1) / interval;
  return share / (times * lines(isInt8));
}

/** Brings the next lines into the cache. @returns where to go on */
// @ts-ignore: decorator
@inline
export function touchAhead(isInt8: bool, address: usize, step: usize): usize {
  address = touchTwo(address, step);
  if (isInt8) return address;
  address = touchTwo(address, step);
  address = touchTwo(address, step);
  return touchTwo(address, step);
}

/** The engine must keep the loads, as they might trap. */
// @ts-ignore: decorator
@inline
function touchTwo(address: usize, step: usize): usize {
  load<u8>(address);
  address += step;
  load<u8>(address);
  return address + step;
}
