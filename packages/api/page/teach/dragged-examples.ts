/** The kind of data that pictures of a classifier are dragged as: their hashes, with commas between. */
const TYPE = 'application/x-clipql-examples';

export function beginDrag({ dataTransfer }: DragEvent, hashes: readonly string[]): void {
  if (dataTransfer === null) return;
  dataTransfer.setData(TYPE, hashes.join(','));
  dataTransfer.effectAllowed = 'move';
}

/** @returns none for anything else that was dropped. */
export const droppedHashes = ({ dataTransfer }: DragEvent): readonly string[] =>
  dataTransfer?.getData(TYPE).split(',').filter(Boolean) ?? [];
