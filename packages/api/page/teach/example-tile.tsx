import { ServerPicture } from '../parts/server-picture.tsx';
import { TEXTS } from '../texts.ts';
import type { Example } from './classifier.ts';
import { beginDrag } from './dragged-examples.ts';

const TEACH = TEXTS.teach;

interface ExampleTileProps {
  readonly example: Example;
  /** What a screen reader calls it. */
  readonly name: string;
  /** The class that it would be taken for, where that is another. */
  readonly mistakenFor: string | undefined;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: () => void;
  readonly onRemove: () => void;
}

/** A picture that was learned from: pressed, it is chosen; Delete removes it; it can be dragged to another class. */
export function ExampleTile(props: ExampleTileProps) {
  const { example, name, mistakenFor, chosen } = props;
  const { contentHash, source, imageUrl } = example;
  const isChosen = chosen.has(contentHash);
  const mistake = mistakenFor === undefined ? '' : `, ${TEACH.mistaken(mistakenFor)}`;
  const path = imageUrl ?? (source.startsWith('/examples/') ? source : undefined);
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== 'Delete') return;
    event.preventDefault();
    props.onRemove();
  };
  return (
    <li
      class="example"
      draggable
      onDragStart={(event) => beginDrag(event, isChosen ? [...chosen] : [contentHash])}
    >
      <button
        type="button"
        aria-pressed={isChosen}
        aria-label={`${name}${mistake}`}
        title={source === 'upload' ? undefined : source.slice(0, 200)}
        data-mistaken={mistakenFor !== undefined || undefined}
        onClick={props.onChoose}
        onKeyDown={pressed}
      >
        {path === undefined ? (
          <span class="example-text">{TEACH.notKept}</span>
        ) : (
          <ServerPicture path={path} alt="" />
        )}
        {mistakenFor !== undefined && (
          <span class="example-mistake" aria-hidden="true">
            → <bdi>{mistakenFor}</bdi>
          </span>
        )}
      </button>
    </li>
  );
}
