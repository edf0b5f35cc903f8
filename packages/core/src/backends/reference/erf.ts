const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/**
 * The error function, erf(x) = 2/√π · ∫₀ˣ exp(−t²) dt, to about 1e-15.
 *
 * Below 3 by its Maclaurin series with all terms positive; from 3 on by the continued fraction of
 * the complementary function, evaluated from the back; from 6 on it is 1 in float64.
 *
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions, 7.1.6 and 7.1.14
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a >= 6) return Math.sign(x);
  return Math.sign(x) * (a < 3 ? series(a) : 1 - continuedFraction(a));
}

function series(a: number): number {
  let term = a;
  let sum = a;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_SQRT_PI * Math.exp(-a * a) * sum;
}

function continuedFraction(a: number): number {
  let denominator = a;
  for (let n = 60; n >= 1; n--) denominator = a + n / 2 / denominator;
  return Math.exp(-a * a) / (Math.sqrt(Math.PI) * denominator);
}
