import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Opens a dialog with its component, at once: what is typed next goes to it. It is closed when another view is
 * followed, which would leave it open unseen.
 *
 * @returns goes to the dialog.
 */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const close = () => dialog.current?.close();
    dialog.current?.showModal();
    addEventListener('hashchange', close);
    return () => removeEventListener('hashchange', close);
  }, []);
  return dialog;
}
