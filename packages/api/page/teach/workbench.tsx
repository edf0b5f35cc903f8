import { useCallback, useState } from 'preact/hooks';
import { formatAddress } from '../address.ts';
import { CopyAs } from '../copy/copy-as.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { firstPicture } from '../parts/dropped-files.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Remarks } from '../parts/remarks.tsx';
import { useIncoming } from '../parts/use-incoming.ts';
import { askChange } from '../server/change.ts';
import { refreshFacts, useServerFacts } from '../server/facts.ts';
import { TEXTS } from '../texts.ts';
import { AccuracyPanel } from './accuracy-panel.tsx';
import { ClassBoard } from './class-board.tsx';
import { type Classifier, deleteOperation, judgeOperation } from './classifier.ts';
import { TryPanel } from './try-panel.tsx';
import { useAdditions } from './use-additions.ts';
import { type OpenClassifier, useClassifier, useCrossValidation } from './use-classifier.ts';
import { useTrial } from './use-trial.ts';

const TEACH = TEXTS.teach;

interface WorkbenchProps {
  readonly name: string;
  /** The address of a picture to try it on. */
  readonly image: string;
  readonly isShown: boolean;
  readonly onImage: (url: string) => void;
  readonly onClosed: () => void;
}

/** A classifier that is open: its classes, how good it is, and a picture to try it on. */
export function Workbench({ name, ...props }: WorkbenchProps) {
  const open = useClassifier(name);
  const { classifier, error, reload } = open;
  return (
    <>
      <p>
        <a href="#/teach">{TEACH.all}</a>
      </p>
      {error !== undefined && <ErrorNote error={error} onRetry={reload} />}
      {classifier === undefined && error === undefined && (
        <p class="quiet">{TEXTS.frame.loading}</p>
      )}
      {classifier !== undefined && <Taught open={open} classifier={classifier} {...props} />}
    </>
  );
}

interface TaughtProps extends Omit<WorkbenchProps, 'name'> {
  readonly open: OpenClassifier;
  readonly classifier: Classifier;
}

function Taught({ open, classifier, image, isShown, onImage, onClosed }: TaughtProps) {
  const { facts } = useServerFacts();
  const { name } = classifier;
  const { change, lastChange } = open;
  const [warnings, setWarnings] = useState<readonly string[]>([]);
  const [isDeleting, setIsDeleting] = useState(false);
  const judged = useCrossValidation(classifier);
  const additions = useAdditions(name, facts?.limits, change, setWarnings);
  const trial = useTrial(classifier, image, facts?.limits, onImage);

  const { add } = additions;
  const { onFile, onUrl } = trial;
  const isOver = useIncoming(isShown, {
    onFiles: useCallback(
      (files: readonly File[], target?: Element) => {
        const label = classAt(target);
        if (label !== undefined) add(label, files);
        else onFile(firstPicture(files));
      },
      [add, onFile],
    ),
    onUrl: useCallback(
      (url: string, target?: Element) => {
        const label = classAt(target);
        if (label !== undefined) add(label, [url]);
        else onUrl(url);
      },
      [add, onUrl],
    ),
  });
  const use = new URLSearchParams({ classifier: name });
  return (
    <>
      <div class="row teach-bar">
        <div>
          <p class="teach-open-name">
            <bdi>{name}</bdi>
          </p>
          <p class="quiet">{TEACH.of(classifier.model)}</p>
        </div>
        <a class="button" href={formatAddress({ view: 'classify', parameters: use })}>
          {TEACH.use}
        </a>
        <button type="button" onClick={() => setIsDeleting(true)}>
          {TEACH.remove}
        </button>
      </div>
      <div class="teach">
        <div class="stack">
          <ClassBoard
            classifier={classifier}
            mistakes={judged.found?.mistakes ?? []}
            additions={additions}
            isOver={isOver}
            change={change}
          />
          {warnings.length > 0 && (
            <div class="notice" role="status">
              <Remarks sentences={warnings} />
            </div>
          )}
        </div>
        <div class="stack teach-side">
          <AccuracyPanel judged={judged} classifier={classifier} />
          <TryPanel trial={trial} />
          <div class="stack">
            {trial.operation !== undefined && (
              <CopyAs title={TEACH.copyAsk} operation={trial.operation} />
            )}
            {lastChange !== undefined && <CopyAs title={TEACH.copyChange} operation={lastChange} />}
            <CopyAs title={TEACH.copyJudge} operation={judgeOperation(name)} />
          </div>
        </div>
      </div>
      {isDeleting && (
        <ConfirmDialog
          title={TEACH.removeTitle(name)}
          texts={{ keep: TEACH.keep, go: TEACH.removeNow }}
          onClose={() => setIsDeleting(false)}
          onGo={async () => {
            await askChange(deleteOperation(name), new AbortController().signal);
            refreshFacts();
            onClosed();
          }}
        >
          <p>{TEACH.removeLead(classifier.exampleCount)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** The class that something is dropped on, or that has the focus when it is pasted. */
function classAt(target: Element | undefined): string | undefined {
  const card = (target ?? document.activeElement)?.closest<HTMLElement>('[data-class]');
  return card?.dataset.class;
}
