import { useCallback, useRef, useState } from 'preact/hooks';
import { CopyAs } from '../copy/copy-as.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { useDebounced } from '../parts/use-debounced.ts';
import { useIncoming } from '../parts/use-incoming.ts';
import { useScrollTo } from '../parts/use-scroll-to.ts';
import { useStateInAddress } from '../parts/use-state-in-address.ts';
import { useServerFacts } from '../server/facts.ts';
import { TEXTS } from '../texts.ts';
import type { ViewProps } from '../view.ts';
import './classify.css';
import { AddPictures } from './add-pictures.tsx';
import { AnswerPanel } from './answer-panel.tsx';
import { LabelsChoice } from './labels-choice.tsx';
import { LookLegend } from './look-overlay.tsx';
import { copiedLook, LOOK_IMAGES, useLook } from './occlusion.ts';
import { fromFile, fromUrl, ownImageInput, type Picture } from './picture.ts';
import { PictureGrid } from './picture-grid.tsx';
import { PictureStage } from './picture-stage.tsx';
import {
  copiedOperation,
  isAskable,
  type Question,
  questionKey,
  readQuestion,
  writeQuestion,
} from './question.ts';
import { QuestionOptions } from './question-options.tsx';
import { useAnswers } from './use-answers.ts';
import { usePictures } from './use-pictures.ts';

/** Pictures are dropped, words are typed, and the server says which word fits. */
export function ClassifyView({ parameters, isShown, onParameters }: ViewProps) {
  const { facts, error, refresh } = useServerFacts();
  const [question, setQuestion] = useState(() => readQuestion(parameters));
  const [draft, setDraft] = useState('');
  const { pictures, add, set, remove, clear } = usePictures(facts?.limits, () =>
    parameters.getAll('image').map(fromUrl),
  );
  const [selectedId, setSelectedId] = useState<number>();
  const selected = pictures.find(({ id }) => id === selectedId) ?? pictures[0];
  const questionOf = useQuestions(question, useDebounced(draft.trim(), 120), selected);

  useAnswers(
    pictures,
    questionOf,
    useCallback((id, outcome) => set(id, { outcome }), [set]),
  );
  useStateInAddress(stateOf(question, pictures), { isShown, onParameters });
  const stage = useRef<HTMLElement>(null);
  const scrollTo = useScrollTo();
  // On a narrow screen the picture is above the words, and those are above the others.
  const select = useCallback(
    (picture: Picture | undefined) => {
      setSelectedId(picture?.id);
      scrollTo(stage);
    },
    [scrollTo],
  );
  const take = useCallback(
    (added: readonly Picture[]) => {
      add(added);
      select(added[0]);
    },
    [add, select],
  );
  const onFiles = useCallback((files: readonly File[]) => take(files.map(fromFile)), [take]);
  const onUrl = useCallback((url: string) => take([fromUrl(url)]), [take]);
  const isOver = useIncoming(isShown, { onFiles, onUrl });
  const onQuestion = (change: Partial<Question>) => setQuestion({ ...question, ...change });

  const asked = selected && questionOf(selected);
  const [lookedFor, setLookedFor] = useState<string>();
  const scores = selected?.outcome?.answer?.scores ?? [];
  const isThere = scores.some(({ label }) => label === lookedFor);
  const wanted = isThere ? lookedFor : undefined;
  const look = useLook(selected, question, wanted);
  const onLook = (label: string | undefined) => {
    setLookedFor(label);
    if (label !== undefined) scrollTo(stage);
  };
  return (
    <>
      <h1>{TEXTS.classify.title}</h1>
      {error !== undefined && <ErrorNote error={error} onRetry={refresh} />}
      <div class="classify">
        <div class="stack">
          {selected !== undefined && (
            <PictureStage
              picture={selected}
              map={look?.map}
              onRemove={() => remove(selected)}
              element={stage}
            />
          )}
          {wanted !== undefined && (
            <LookLegend label={wanted} look={look} onEnd={() => setLookedFor(undefined)} />
          )}
          <AddPictures
            isOver={isOver}
            isSmall={selected !== undefined}
            onFiles={onFiles}
            onUrl={onUrl}
          />
          {pictures.length > 1 && (
            <button type="button" class="plain" onClick={clear}>
              {TEXTS.classify.startOver}
            </button>
          )}
        </div>
        <div class="stack">
          <LabelsChoice
            question={question}
            onQuestion={onQuestion}
            draft={draft}
            onDraft={setDraft}
            facts={facts}
          />
          <AnswerPanel
            picture={selected}
            question={asked ?? question}
            isStale={selected?.outcome?.key !== (asked && questionKey(asked))}
            onRetry={() => selected && set(selected.id, { outcome: undefined })}
            lookedFor={wanted}
            canLook={facts !== undefined && facts.limits.images >= LOOK_IMAGES}
            onLook={onLook}
          />
          <QuestionOptions question={question} onQuestion={onQuestion} facts={facts} />
          {asked !== undefined && isAskable(asked) && (
            <CopyAs operation={copiedOperation(pictures.map(ownImageInput), asked)} />
          )}
          {selected !== undefined && wanted !== undefined && (
            <CopyAs title={TEXTS.look.copy} operation={copiedLook(selected, question, wanted)} />
          )}
        </div>
      </div>
      {pictures.length > 1 && (
        <PictureGrid
          pictures={pictures}
          selected={selected}
          rejectBelow={question.rejectBelow}
          onSelect={select}
        />
      )}
    </>
  );
}

/** What each picture is asked: what is being typed counts as a label too, of the picture that one looks at. */
function useQuestions(
  question: Question,
  draft: string,
  selected: Picture | undefined,
): (picture: Picture) => Question {
  const isOwn = question.labelSet + question.classifier === '';
  const isNew = draft !== '' && isOwn && !question.labels.includes(draft);
  const drafted = isNew ? { ...question, labels: [...question.labels, draft] } : question;
  return ({ id }) => (id === selected?.id ? drafted : question);
}

/** What the address says: the question, and the pictures that have an address themselves. */
function stateOf(question: Question, pictures: readonly Picture[]): URLSearchParams {
  const addresses = pictures.flatMap(({ source }) =>
    source.kind === 'url' && !source.url.startsWith('data:') ? source.url : [],
  );
  return writeQuestion(question, addresses);
}
