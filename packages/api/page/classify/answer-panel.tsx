import { ErrorNote } from '../parts/error-note.tsx';
import { percent, scoreText } from '../parts/figures.ts';
import { Remarks } from '../parts/remarks.tsx';
import { ScoreBars } from '../parts/score-bars.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { TEXTS } from '../texts.ts';
import { type Answer, isRejected, type Picture } from './picture.ts';
import { isAskable, type Question } from './question.ts';

interface AnswerPanelProps {
  readonly picture: Picture | undefined;
  readonly question: Question;
  /** Whether the picture’s outcome is not yet that of the question. */
  readonly isStale: boolean;
  readonly onRetry: () => void;
  /** The label that is looked for in the picture. */
  readonly lookedFor: string | undefined;
  /** Whether the server takes as many images as that needs. */
  readonly canLook: boolean;
  readonly onLook: (label: string | undefined) => void;
}

/** What the server says of one picture. */
export function AnswerPanel(props: AnswerPanelProps) {
  const { picture, question, isStale, onRetry } = props;
  const { answer, error } = picture?.outcome ?? {};
  const isAsking = picture !== undefined && isStale && isAskable(question);
  const said = answer && !isStale ? sentenceOf(answer, question.rejectBelow) : '';
  return (
    <section class="stack answer" aria-label={TEXTS.answer.title} aria-busy={isAsking}>
      <h2>{TEXTS.answer.title}</h2>
      <p class="visually-hidden" role="status">
        {said}
      </p>
      <Instead picture={picture} question={question} isAsking={isAsking && answer === undefined} />
      {error !== undefined && isAskable(question) && <ErrorNote error={error} onRetry={onRetry} />}
      {answer !== undefined && isAskable(question) && <Scores answer={answer} {...props} />}
    </section>
  );
}

function Instead({
  picture,
  question,
  isAsking,
}: Pick<AnswerPanelProps, 'picture' | 'question'> & { readonly isAsking: boolean }) {
  const { classify } = TEXTS;
  if (!isAskable(question)) return <p class="quiet">{classify.noLabels}</p>;
  if (picture === undefined) return <p class="quiet">{classify.noPicture}</p>;
  if (!isAsking) return null;
  const isReading = picture.source.kind === 'file' && picture.prepared === undefined;
  return <p class="quiet">{isReading ? classify.preparing : classify.asking}</p>;
}

interface ScoresProps extends AnswerPanelProps {
  readonly answer: Answer;
}

function Scores({ answer, isStale, question, lookedFor, canLook, onLook }: ScoresProps) {
  const { rejectBelow } = question;
  const { scores, image, timing, model, warnings, calibrated } = answer;
  const rejected = isRejected(answer, rejectBelow);
  const { format, width, height } = image;
  return (
    <>
      {rejected && (
        <p class="rejected">
          <Sentence
            label={scores[0]!.label}
            text={(label) => TEXTS.answer.rejected(label, percent(rejectBelow))}
          />
        </p>
      )}
      <ScoreBars
        scores={scores}
        title={TEXTS.answer.title}
        isStale={isStale}
        isAccepted={!rejected}
        action={
          canLook
            ? (label) => <LookButton label={label} lookedFor={lookedFor} onLook={onLook} />
            : undefined
        }
      />
      <p class="quiet">
        {TEXTS.classify.facts(format.toUpperCase(), width, height, timing.total)}
        {calibrated && <> {TEXTS.answer.calibrated}</>}
      </p>
      <Remarks sentences={warnings} title={TEXTS.answer.warnings} />
      {model.note !== null && (
        <p class="quiet">
          {TEXTS.classify.smallModel} <a href="#/status">{TEXTS.classify.smallModelMore}</a>
        </p>
      )}
    </>
  );
}

function LookButton({
  label,
  lookedFor,
  onLook,
}: Pick<AnswerPanelProps, 'lookedFor' | 'onLook'> & { readonly label: string }) {
  return (
    <button
      type="button"
      class="look-button"
      aria-label={TEXTS.look.button(label)}
      aria-pressed={label === lookedFor}
      onClick={() => onLook(label === lookedFor ? undefined : label)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7S2 12 2 12z" />
        <circle cx="12" cy="12" r="3" />
      </svg>
    </button>
  );
}

function sentenceOf(answer: Answer, rejectBelow: number): string {
  const [best] = answer.scores;
  if (best === undefined) return '';
  if (isRejected(answer, rejectBelow))
    return TEXTS.answer.rejected(best.label, percent(rejectBelow));
  return TEXTS.answer.best(best.label, scoreText(best.probability, best.cosine));
}
