import { useEffect, useState } from 'preact/hooks';
import { filesOfFolders } from './dropped-files.ts';

interface Incoming {
  /** @param target what they were dropped on; undefined where they were pasted. */
  readonly onFiles: (files: readonly File[], target: Element | undefined) => void;
  readonly onUrl: (url: string, target: Element | undefined) => void;
}

/**
 * Takes what is dropped or pasted anywhere on the page: files, folders with all that is in them, and addresses of
 * pictures.
 *
 * @param isActive whether the view is the one that is seen.
 * @returns whether something is being dragged over the page.
 */
export function useIncoming(isActive: boolean, { onFiles, onUrl }: Incoming): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    if (!isActive) return;
    const take = (data: DataTransfer | null, target?: Element): boolean => {
      const inFolders = filesOfFolders(data);
      if (inFolders !== undefined) {
        void inFolders.then((found) => found.length > 0 && onFiles(found, target));
        return true;
      }
      const files = [...(data?.files ?? [])];
      if (files.length > 0) {
        onFiles(files, target);
        return true;
      }
      const [url = ''] = (data?.getData('text/uri-list') || data?.getData('text') || '')
        .split(/[\r\n]+/)
        .filter((line) => line !== '' && !line.startsWith('#'));
      if (!/^(https?:\/\/|data:image\/)\S+$/.test(url)) return false;
      onUrl(url, target);
      return true;
    };
    const over = (event: DragEvent) => {
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setIsOver(false);
      take(event.dataTransfer, event.target instanceof Element ? event.target : undefined);
    };
    const paste = (event: ClipboardEvent) => {
      const isTyping = event.target instanceof Element && event.target.matches('input, textarea');
      const hasFiles = (event.clipboardData?.files.length ?? 0) > 0;
      if (isTyping && !hasFiles) return;
      if (take(event.clipboardData)) event.preventDefault();
    };
    const listeners = { dragover: over, dragleave: leave, drop, paste };
    for (const [name, listener] of Object.entries(listeners))
      document.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners))
        document.removeEventListener(name, listener as EventListener);
    };
  }, [isActive, onFiles, onUrl]);
  return isOver;
}
