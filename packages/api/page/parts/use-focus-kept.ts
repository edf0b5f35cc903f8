import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const FOCUSABLE = ':is(a[href], button, input, select, textarea, summary):not(:disabled)';

/** What a key was pressed on, and where that stands. */
interface Place {
  readonly element: HTMLElement;
  /** What can have the focus before it, in the order of the page. */
  readonly before: readonly HTMLElement[];
  readonly panel: HTMLDetailsElement | null;
}

/**
 * Keeps the place of somebody who uses a keyboard: when what has the focus is removed or hidden, what follows gets it,
 * and Tab need not begin at the top of the page again.
 *
 * @returns goes to the element within which that is so.
 */
export function useFocusKept(): RefObject<HTMLElement | null> {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const root = box.current!;
    const all = () => [...root.querySelectorAll<HTMLElement>(FOCUSABLE)];
    let place: Place | undefined;
    const pressed = ({ target }: KeyboardEvent) => {
      const element = target as HTMLElement;
      // What opened a dialog gets the focus back.
      if (element.closest('dialog') !== null) return;
      const before = all().filter((one) => isBefore(one, element));
      place = { element, before, panel: element.closest('details') };
    };
    const pointed = () => {
      place = undefined;
    };
    const observer = new MutationObserver(() => {
      const { activeElement, body } = document;
      if (place === undefined || (activeElement !== body && activeElement !== place.element))
        return;
      const { element } = place;
      if (element.closest('section[hidden]') !== null) return;
      if (!isSeen(element)) nextOf(place, all().filter(isSeen))?.focus();
      else if (activeElement === body) element.focus();
    });
    const attributeFilter = ['hidden', 'open', 'disabled'];
    observer.observe(root, { childList: true, subtree: true, attributeFilter });
    root.addEventListener('keydown', pressed, { capture: true });
    addEventListener('pointerdown', pointed);
    return () => {
      observer.disconnect();
      root.removeEventListener('keydown', pressed, { capture: true });
      removeEventListener('pointerdown', pointed);
    };
  }, []);
  return box;
}

const isSeen = (element: HTMLElement): boolean => element.isConnected && element.checkVisibility();

const isBefore = (one: HTMLElement, other: HTMLElement): boolean =>
  (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;

/** @param all that can have the focus now. */
function nextOf({ before, panel }: Place, all: readonly HTMLElement[]): HTMLElement | undefined {
  if (panel?.isConnected && !panel.open) return panel.querySelector('summary') ?? undefined;
  const last = before.findLast(isSeen);
  return all[last === undefined ? 0 : all.indexOf(last) + 1] ?? last;
}
