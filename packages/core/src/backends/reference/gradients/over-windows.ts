import type { ImageWindow } from '../../../graph/forward-operands.ts';

/** What is done for a pixel. */
interface PixelVisitor {
  begin(): void;
  /** A window's place that reaches the pixel, [B·G²], and where in the window the pixel is, u·k + v. */
  meet(place: number, tap: number): void;
  end(pixel: number): void;
}

/** Goes over the pixels of a batch, [B·H²], and for each over the windows that reach it, in their order. */
export function overWindows(pixels: number, window: ImageWindow, visitor: PixelVisitor): void {
  const { side, kernel, outSide } = window;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const image = Math.floor(pixel / (side * side));
    const lines = reaching(Math.floor(pixel / side) % side, window);
    const columns = reaching(pixel % side, window);
    visitor.begin();
    for (const [line, u] of lines) {
      for (const [column, v] of columns) {
        visitor.meet((image * outSide + line) * outSide + column, u * kernel + v);
      }
    }
    visitor.end(pixel);
  }
}

/** Along one axis: the places of the window that reach a position, each with where it is in the window. */
function reaching(
  position: number,
  { kernel, stride, before, outSide }: ImageWindow,
): readonly (readonly [place: number, tap: number])[] {
  const places: [number, number][] = [];
  for (let place = 0; place < outSide; place++) {
    const tap = position + before - place * stride;
    if (tap >= 0 && tap < kernel) places.push([place, tap]);
  }
  return places;
}
