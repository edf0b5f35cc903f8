/**
 * What red, green and blue have of each channel of a pyramid: brightness, red against blue, green against both. In
 * photographs these three are nearly independent (Y. Ohta, T. Kanade and T. Sakai, Color information for region
 * segmentation, 1980), and vary less and less. Stronger colours please
 * the model and not people.
 */
const COLOURS: readonly (readonly number[])[] = (() => {
  const axes = [
    { scale: 1, axis: [1, 1, 1] },
    { scale: 0.15, axis: [1, 0, -1] },
    { scale: 0.075, axis: [1, -2, 1] },
  ];
  return [0, 1, 2].map((colour) =>
    axes.map(({ scale, axis }) => (scale * axis[colour]!) / Math.hypot(...axis)),
  );
})();

/** rgb += M · channels. @param channels and rgb: [3, n] */
export function addColours(channels: Float32Array, rgb: Float32Array): void {
  addProduct(channels, rgb, (to, from) => COLOURS[to]![from]!);
}

/** The adjoint of {@link addColours}: channels += Mᵀ · rgb. */
export function addColoursAdjoint(rgb: Float32Array, channels: Float32Array): void {
  addProduct(rgb, channels, (to, from) => COLOURS[from]![to]!);
}

function addProduct(
  source: Float32Array,
  target: Float32Array,
  weight: (to: number, from: number) => number,
): void {
  const n = source.length / COLOURS.length;
  for (const to of COLOURS.keys()) {
    const [a, b, c] = [weight(to, 0), weight(to, 1), weight(to, 2)];
    for (let i = 0; i < n; i++) {
      target[to * n + i]! += a * source[i]! + b * source[n + i]! + c * source[2 * n + i]!;
    }
  }
}
