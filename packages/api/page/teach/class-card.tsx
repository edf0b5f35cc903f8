import { useId, useState } from 'preact/hooks';
import { CameraButton } from '../parts/camera-button.tsx';
import { FileButton } from '../parts/file-button.tsx';
import { TEXTS } from '../texts.ts';
import { RefusedNote, WaitingTile } from './addition-tile.tsx';
import type { CrossValidation, Example, TaughtClass } from './classifier.ts';
import { droppedHashes } from './dragged-examples.ts';
import { ExampleTile } from './example-tile.tsx';
import type { Addition } from './use-additions.ts';

const TEACH = TEXTS.teach;

interface ClassCardProps {
  readonly taught: TaughtClass;
  readonly examples: readonly Example[];
  /** On their way into the class, or refused. */
  readonly additions: readonly Addition[];
  readonly mistakes: CrossValidation['mistakes'];
  /** Hashes of the pictures that are chosen, of any class. */
  readonly chosen: ReadonlySet<string>;
  readonly isOver: boolean;
  readonly onChoose: (hash: string) => void;
  /** Pictures of other classes are dropped on it. */
  readonly onMove: (hashes: readonly string[]) => void;
  readonly onRemove: (hash: string) => void;
  readonly onSources: (sources: readonly (File | string)[]) => void;
  readonly onRetry: (id: number) => void;
  readonly onDismiss: (addition: Addition) => void;
  readonly onEdit: () => void;
}

/** A class and its pictures: what is dropped on it, it learns. */
export function ClassCard(props: ClassCardProps) {
  const { taught, examples, additions, mistakes, chosen, isOver } = props;
  const { label } = taught;
  const waiting = additions.filter(({ error }) => error === undefined);
  const refused = additions.filter(({ error }) => error !== undefined);
  const [isAimed, setIsAimed] = useState(false);
  const id = useId();
  const leave = (event: DragEvent) => {
    const card = event.currentTarget as HTMLElement;
    if (!card.contains(event.relatedTarget as Node | null)) setIsAimed(false);
  };
  const drop = (event: DragEvent) => {
    setIsAimed(false);
    const hashes = droppedHashes(event);
    if (hashes.length > 0) props.onMove(hashes);
  };
  return (
    <section
      class="card class-card"
      data-class={label}
      data-over={isOver || undefined}
      data-aimed={isAimed || undefined}
      aria-labelledby={id}
      onDragOver={() => setIsAimed(true)}
      onDragLeave={leave}
      onDrop={drop}
    >
      <header class="class-head">
        <h2 id={id}>
          <bdi>{label}</bdi>
        </h2>
        <span class="quiet">{TEACH.pictures(taught.exampleCount)}</span>
        <button
          type="button"
          class="plain"
          aria-label={TEACH.editClass(label)}
          onClick={props.onEdit}
        >
          {TEACH.edit}
        </button>
      </header>
      <p class="quiet class-words" dir="auto">
        {wordsOf(taught)}
      </p>
      {examples.length + waiting.length > 0 && (
        <ul class="examples-of" aria-label={TEACH.picturesOf(label)}>
          {examples.map((example, i) => (
            <ExampleTile
              key={example.contentHash}
              example={example}
              name={TEACH.picture(i + 1, label)}
              mistakenFor={
                mistakes.find(({ contentHash }) => contentHash === example.contentHash)?.predicted
              }
              chosen={chosen}
              onChoose={() => props.onChoose(example.contentHash)}
              onRemove={() => props.onRemove(example.contentHash)}
            />
          ))}
          {waiting.map((addition) => (
            <WaitingTile key={addition.id} addition={addition} />
          ))}
        </ul>
      )}
      {taught.exampleCount + additions.length === 0 && (
        <p class="drop-here quiet">{TEACH.dropHere}</p>
      )}
      {refused.map((addition) => (
        <RefusedNote
          key={addition.id}
          addition={addition}
          onRetry={() => props.onRetry(addition.id)}
          onDismiss={() => props.onDismiss(addition)}
        />
      ))}
      <div class="row">
        <FileButton
          text={TEACH.addPictures}
          label={TEACH.addTo(label)}
          onFiles={props.onSources}
          multiple
        />
        <CameraButton label={TEACH.takeFor(label)} onFiles={props.onSources} />
      </div>
    </section>
  );
}

function wordsOf({ texts }: TaughtClass): string {
  if (texts === null) return TEACH.byLabel;
  return texts.length === 0 ? TEACH.byPictures : TEACH.byTexts(texts.join(', '));
}
