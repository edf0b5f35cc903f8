import { useId, useRef } from 'preact/hooks';
import { TEXTS } from '../texts.ts';
import { parseLabels, withoutRepeats } from './parse-labels.ts';

interface LabelChipsProps {
  readonly labels: readonly string[];
  readonly onLabels: (labels: readonly string[]) => void;
  /** What is being typed. */
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
  /** What they are called, where they are not words to classify by. */
  readonly texts?: ChipTexts;
}

type ChipTexts = Readonly<
  Record<'list' | 'input' | 'placeholder' | 'hint' | 'removeAll', string> &
    Record<'remove', (label: string) => string>
>;

/**
 * A list of labels to add to and remove from. Enter and commas add, Backspace in the empty field removes the
 * last, the arrow keys lead to a label, and Delete or Backspace there removes it.
 */
export function LabelChips({
  labels,
  onLabels,
  draft,
  onDraft,
  texts = TEXTS.labels,
}: LabelChipsProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const add = (text: string) => {
    onLabels(withoutRepeats([...labels, ...parseLabels(text)]));
    onDraft('');
    // After many, it would be below the end of the box.
    queueMicrotask(() => field.current?.scrollIntoView({ block: 'nearest' }));
  };
  /** @param i of the label to have the focus; beyond the last it is the field. */
  const focus = (i: number) => {
    const chips = box.current?.querySelectorAll<HTMLElement>('[data-chip]');
    (chips?.[Math.max(0, i)] ?? field.current)?.focus();
  };
  const remove = (i: number) => {
    onLabels(labels.toSpliced(i, 1));
    queueMicrotask(() => focus(i));
  };
  const removeAll = () => {
    onLabels([]);
    field.current?.focus();
  };
  const typed = (event: KeyboardEvent) => {
    const { selectionStart, selectionEnd } = field.current!;
    const isAtStart = selectionStart === 0 && selectionEnd === 0;
    if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      add(draft);
    } else if (event.key === 'Backspace' && draft === '' && labels.length > 0) {
      event.preventDefault();
      onLabels(labels.slice(0, -1));
    } else if (event.key === 'ArrowLeft' && isAtStart && labels.length > 0) {
      event.preventDefault();
      focus(labels.length - 1);
    }
  };
  const moved = (event: KeyboardEvent, i: number) => {
    const to = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: labels.length }[event.key];
    const removes = event.key === 'Delete' || event.key === 'Backspace';
    if (to === undefined && !removes) return;
    event.preventDefault();
    if (removes) remove(i);
    else focus(to!);
  };
  const changed = (text: string) => (/[,;]$/.test(text) ? add(text) : onDraft(text));
  const pasted = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData('text') ?? '';
    if (!/[\n\r,;\t]/.test(text)) return;
    event.preventDefault();
    add(`${draft}${text}`);
  };
  return (
    <div class="stack">
      <div class="chips label-chips" ref={box}>
        <ul aria-label={texts.list}>
          {labels.map((label, i) => (
            <li key={label}>
              <button
                type="button"
                class="chip"
                data-chip
                aria-label={texts.remove(label)}
                onClick={() => remove(i)}
                onKeyDown={(event) => moved(event, i)}
              >
                <bdi>{label}</bdi>
                <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
        <input
          ref={field}
          id={id}
          aria-label={texts.input}
          aria-describedby={`${id}-hint`}
          placeholder={texts.placeholder}
          autocomplete="off"
          autocapitalize="none"
          dir="auto"
          value={draft}
          onInput={(event) => changed(event.currentTarget.value)}
          onKeyDown={typed}
          onPaste={pasted}
        />
      </div>
      <div class="label-hint">
        <p id={`${id}-hint`} class="quiet">
          {texts.hint}
        </p>
        {labels.length > 1 && (
          <button type="button" class="plain" onClick={removeAll}>
            {texts.removeAll}
          </button>
        )}
      </div>
    </div>
  );
}
