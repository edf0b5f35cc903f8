import { ErrorNote } from '../parts/error-note.tsx';
import { percent } from '../parts/figures.ts';
import { TEXTS } from '../texts.ts';
import type { Classifier, CrossValidation } from './classifier.ts';
import { ConfusionTable } from './confusion-table.tsx';
import type { Judged } from './use-classifier.ts';

const TEACH = TEXTS.teach;

interface AccuracyPanelProps {
  readonly judged: Judged;
  readonly classifier: Classifier;
}

/** How good the classifier is, judged by its own pictures. */
export function AccuracyPanel({ judged, classifier }: AccuracyPanelProps) {
  const { found, isStale, error, retry } = judged;
  const isFew = classifier.classes.some(({ exampleCount }) => exampleCount === 1);
  const said = found === undefined || isStale ? '' : recognised(found);
  return (
    <section class="stack accuracy" aria-labelledby="teach-accuracy" aria-busy={isStale}>
      <h2 id="teach-accuracy">{TEACH.howGood}</h2>
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {error !== undefined && <ErrorNote error={error} onRetry={retry} />}
      {found === undefined && error === undefined && (
        <p class="quiet">{classifier.exampleCount === 0 ? TEACH.noPictures : TEACH.judging}</p>
      )}
      {found !== undefined && <Figures found={found} isStale={isStale} />}
      {isFew && <p class="quiet">{TEACH.few}</p>}
    </section>
  );
}

function Figures({
  found,
  isStale,
}: {
  readonly found: CrossValidation;
  readonly isStale: boolean;
}) {
  const { accuracy, isLeaveOneOut, folds } = found;
  return (
    <div class="stack" data-stale={isStale || undefined}>
      <p class="accuracy-figure">
        {percent(accuracy.value)}
        <span class="quiet">{recognised(found)}</span>
      </p>
      <p class="quiet">
        {isLeaveOneOut ? TEACH.leaveOneOut : TEACH.folds(folds)}{' '}
        {TEACH.range(percent(accuracy.low), percent(accuracy.high))}
      </p>
      <ConfusionTable rows={found.confusionMatrix} />
    </div>
  );
}

const recognised = ({ accuracy, images }: CrossValidation): string =>
  TEACH.recognised(Math.round(accuracy.value * images), images);
