import { useEffect, useState } from 'preact/hooks';

/** The kind of data that an item is dragged as: its key. */
const TYPE = 'application/x-clipql-item';

export function beginDrag({ dataTransfer }: DragEvent, key: string): void {
  dataTransfer?.setData(TYPE, key);
  if (dataTransfer !== null) dataTransfer.effectAllowed = 'copy';
}

/** @returns the key of an item that was dropped; undefined for anything else. */
export const droppedItem = ({ dataTransfer }: DragEvent): string | undefined =>
  dataTransfer?.getData(TYPE) || undefined;

/** Whether an item is being dragged. */
export function useItemDrag(): boolean {
  const [isDragging, setIsDragging] = useState(false);
  useEffect(() => {
    const begin = (event: DragEvent) =>
      setIsDragging(event.dataTransfer?.types.includes(TYPE) ?? false);
    const end = () => setIsDragging(false);
    document.addEventListener('dragstart', begin);
    document.addEventListener('dragend', end);
    return () => {
      document.removeEventListener('dragstart', begin);
      document.removeEventListener('dragend', end);
    };
  }, []);
  return isDragging;
}
