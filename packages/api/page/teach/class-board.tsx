import { useState } from 'preact/hooks';
import { ErrorNote } from '../parts/error-note.tsx';
import type { Operation } from '../server/operation.ts';
import { TEXTS } from '../texts.ts';
import './class-board.css';
import { ChosenBar } from './chosen-bar.tsx';
import { ClassCard } from './class-card.tsx';
import { ClassDialog } from './class-dialog.tsx';
import {
  type Changed,
  type Classifier,
  type CrossValidation,
  moveOperation,
  removeOperation,
  sameClasses,
  setClassesOperation,
  type TaughtClass,
  type WantedClass,
} from './classifier.ts';
import type { useAdditions } from './use-additions.ts';

const TEACH = TEXTS.teach;

interface ClassBoardProps {
  readonly classifier: Classifier;
  readonly mistakes: CrossValidation['mistakes'];
  readonly additions: ReturnType<typeof useAdditions>;
  /** Whether something is being dragged over the page. */
  readonly isOver: boolean;
  readonly change: (operation: Operation) => Promise<Changed>;
}

/** All classes with their pictures, which go from class to class by dragging, or by being chosen. */
export function ClassBoard({ classifier, mistakes, additions, isOver, change }: ClassBoardProps) {
  const { name, classes, examples } = classifier;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [edited, setEdited] = useState<TaughtClass | 'new'>();
  const [error, setError] = useState<Error>();
  const [said, setSaid] = useState('');
  const known = new Set(examples.map(({ contentHash }) => contentHash));
  const there = [...chosen].filter((hash) => known.has(hash));

  const attempt = (hashes: readonly string[], operation: Operation, done: string) => {
    setError(undefined);
    change(operation).then(() => {
      setSaid(done);
      // Others may have been chosen meanwhile.
      setChosen((last) => new Set([...last].filter((hash) => !hashes.includes(hash))));
    }, setError);
  };
  const move = (hashes: readonly string[], label: string) =>
    attempt(hashes, moveOperation(name, hashes, label), TEACH.moved(hashes.length, label));
  const remove = (hashes: readonly string[]) =>
    attempt(hashes, removeOperation(name, hashes), TEACH.removed(hashes.length));
  const choose = (hash: string) =>
    setChosen(new Set(chosen.has(hash) ? there.filter((one) => one !== hash) : [...there, hash]));

  const setClasses = (wanted: readonly WantedClass[]) => change(setClassesOperation(name, wanted));
  const save = (label: string, texts: readonly string[] | null) => {
    if (edited === 'new') return setClasses([...sameClasses(classifier), { label, texts }]);
    const from = edited!.label;
    const relabel = (now: string, then: string) => {
      const isAnother = classes.some((one) => one.label === label && label !== from);
      if (!isAnother) additions.relabel(now, then);
    };
    // Pictures on their way are for the class as it will be called then.
    relabel(from, label);
    return setClasses(
      sameClasses(classifier).map((one) => (one.from === from ? { label, texts, from } : one)),
    ).catch((reason) => {
      relabel(label, from);
      throw reason;
    });
  };
  const removeClass = (label: string) =>
    setClasses(sameClasses(classifier).filter(({ from }) => from !== label));

  return (
    <section class="stack" aria-label={TEACH.classes}>
      <p class="quiet">{TEACH.hint}</p>
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {error !== undefined && <ErrorNote error={error} />}
      <ul class="class-list">
        {classes.map((one) => (
          <li key={one.label}>
            <ClassCard
              taught={one}
              examples={examples.filter(({ label }) => label === one.label)}
              additions={additions.additions.filter(({ label }) => label === one.label)}
              mistakes={mistakes}
              chosen={chosen}
              isOver={isOver}
              onChoose={choose}
              onMove={(hashes) => move(hashes, one.label)}
              onRemove={(hash) => remove([hash])}
              onSources={(sources) => additions.add(one.label, sources)}
              onRetry={additions.retry}
              onDismiss={additions.remove}
              onEdit={() => setEdited(one)}
            />
          </li>
        ))}
      </ul>
      <ChosenBar
        count={there.length}
        from={examples.find(({ contentHash }) => contentHash === there[0])?.label}
        labels={classes.map(({ label }) => label)}
        onMove={(label) => move(there, label)}
        onRemove={() => remove(there)}
        onNone={() => setChosen(new Set())}
      />
      <div class="row">
        <button type="button" onClick={() => setEdited('new')}>
          {TEACH.addClass}
        </button>
      </div>
      <p class="quiet">{TEACH.scaled}</p>
      {edited !== undefined && (
        <ClassDialog
          taught={edited === 'new' ? undefined : edited}
          onSave={save}
          onRemove={removeClass}
          onClose={() => setEdited(undefined)}
        />
      )}
    </section>
  );
}
