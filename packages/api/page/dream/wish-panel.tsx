import type { RefObject } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { ErrorNote } from '../parts/error-note.tsx';
import { WeightedList } from '../parts/weighted-list.tsx';
import type { ServerFacts } from '../server/facts.ts';
import { TEXTS } from '../texts.ts';
import { StartChoice } from './start-choice.tsx';
import type { StartPicture } from './use-start-picture.ts';
import { type Wish, withPrompt } from './wish.ts';
import { WishOptions } from './wish-options.tsx';

const DREAM = TEXTS.dream;

interface WishPanelProps {
  readonly wish: Wish;
  readonly onWish: (change: Partial<Wish>) => void;
  /** What is being typed: it is drawn too. */
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
  readonly start: StartPicture;
  readonly facts: ServerFacts | undefined;
  /** Whether nothing has been drawn yet. */
  readonly isFirst: boolean;
  /** Whether it can be started. */
  readonly isReady: boolean;
  readonly onStart: () => void;
  readonly error: Error | undefined;
  /** What has just been done to it. */
  readonly said: string;
  /** Gets its element. */
  readonly element: RefObject<HTMLElement | null>;
}

/** What is to be drawn. */
export function WishPanel(props: WishPanelProps) {
  const { wish, onWish, draft, onDraft, start, facts, isFirst, isReady } = props;
  const { onStart, error, said, element } = props;
  const { prompts } = wish;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const add = (event: Event) => {
    event.preventDefault();
    if (draft.trim() === '') return;
    onWish({ prompts: withPrompt(prompts, { text: draft.trim(), weight: 1 }) });
    onDraft('');
  };
  return (
    <section class="stack wish" ref={element} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{DREAM.words}</h2>
      <form class="joined" onSubmit={add}>
        <label class="visually-hidden" for={id}>
          {DREAM.wordsLabel}
        </label>
        <input
          ref={field}
          id={id}
          type="text"
          dir="auto"
          autocomplete="off"
          aria-describedby={`${id}-hint`}
          placeholder={DREAM.placeholder}
          value={draft}
          onInput={(event) => onDraft(event.currentTarget.value)}
        />
        <button type="submit">{DREAM.add}</button>
      </form>
      <p id={`${id}-hint`} class="quiet">
        {DREAM.hint}
      </p>
      <WeightedList
        title={DREAM.terms}
        terms={prompts.map(({ text, weight }) => ({ key: text, name: text, weight }))}
        onWeight={(i, weight) => onWish({ prompts: prompts.with(i, { ...prompts[i]!, weight }) })}
        onRemove={(i) => onWish({ prompts: prompts.toSpliced(i, 1) })}
        onEmptied={() => field.current?.focus()}
      />
      <StartChoice wish={wish} onWish={onWish} start={start} />
      <WishOptions wish={wish} onWish={onWish} models={facts?.models ?? []} />
      {isFirst && <p class="notice">{DREAM.notice}</p>}
      <div class="row">
        <button type="button" class="primary" disabled={!isReady} onClick={onStart}>
          {DREAM.start}
        </button>
        <span class="quiet" role="status">
          {said}
        </span>
      </div>
      {error !== undefined && <ErrorNote error={error} />}
    </section>
  );
}
