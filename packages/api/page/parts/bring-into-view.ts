/** Scrolls as little as it takes, and at once where less motion is wished. */
export function bringIntoView(element: HTMLElement): void {
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ block: 'nearest', behavior: isStill ? 'instant' : 'smooth' });
}
