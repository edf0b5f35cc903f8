import { useModal } from '../parts/use-modal.ts';
import { TEXTS } from '../texts.ts';
import { ItemPicture } from './item-picture.tsx';
import { valueText } from './metadata-text.ts';
import type { Item } from './use-hits.ts';

const SEARCH = TEXTS.search;

interface ItemDialogProps {
  readonly item: Item;
  readonly onLike: (key: string, weight: number) => void;
  readonly onClose: () => void;
}

/** All that is known of an item. */
export function ItemDialog({ item, onLike, onClose }: ItemDialogProps) {
  const dialog = useModal();
  const like = (weight: number) => {
    onLike(item.key, weight);
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="item-dialog" aria-labelledby="item-title" onClose={onClose}>
      <div class="stack">
        <h2 id="item-title">
          <bdi>{item.key}</bdi>
        </h2>
        <ItemPicture item={item} alt="" />
        <dl class="item-facts">
          {[[SEARCH.source, item.source] as const, ...Object.entries(item.metadata)].map(
            ([name, value]) => (
              <div key={name}>
                <dt dir="auto">{name}</dt>
                <dd dir="auto">{valueText(value)}</dd>
              </div>
            ),
          )}
        </dl>
        <div class="row">
          <button type="button" class="primary" onClick={() => like(1)}>
            {SEARCH.moreZone}
          </button>
          <button type="button" onClick={() => like(-1)}>
            {SEARCH.lessZone}
          </button>
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>
            {SEARCH.close}
          </button>
        </div>
      </div>
    </dialog>
  );
}
