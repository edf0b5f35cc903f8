/**
 * Makes RGB of CMYK, in place and as Pillow does, without colour profiles. The fourth byte of a pixel
 * keeps its black.
 *
 * @param data - [pixels, 4]
 */
export function cmykToRgb(data: Uint8Array): void {
  for (let at = 0; at < data.length; at += 4) {
    const white = 255 - data[at + 3]!;
    for (let i = at; i < at + 3; i++) {
      const product = data[i]! * white + 128;
      data[i] = white - (((product >> 8) + product) >> 8);
    }
  }
}
