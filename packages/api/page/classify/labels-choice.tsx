import { useId } from 'preact/hooks';
import { LabelChips } from '../parts/label-chips.tsx';
import type { ServerFacts } from '../server/facts.ts';
import { TEXTS } from '../texts.ts';
import type { Question } from './question.ts';

const LABELS = TEXTS.labels;

interface LabelsChoiceProps {
  readonly question: Question;
  readonly onQuestion: (change: Partial<Question>) => void;
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
  readonly facts: ServerFacts | undefined;
}

/** Words of one’s own, a label set’s, or a classifier’s. */
export function LabelsChoice({ question, onQuestion, draft, onDraft, facts }: LabelsChoiceProps) {
  const id = useId();
  const { labelSet, classifier } = question;
  const labelSets = facts?.labelSets ?? [];
  const classifiers = facts?.classifiers ?? [];
  const hasChoice = labelSets.length + classifiers.length > 0 || labelSet + classifier !== '';
  const chosen = labelSet !== '' ? `set:${labelSet}` : classifier && `classifier:${classifier}`;
  const choose = (value: string) => {
    const [kind, name = ''] = value.split(/:(.*)/s);
    onDraft('');
    onQuestion({
      labelSet: kind === 'set' ? name : '',
      classifier: kind === 'classifier' ? name : '',
    });
  };
  const theirs =
    labelSets.find(({ name }) => name === labelSet)?.labels ??
    classifiers.find(({ name }) => name === classifier)?.classes.map(({ label }) => label);
  const options = withChosen(chosen, [
    ...labelSets.map(({ name }) => `set:${name}`),
    ...classifiers.map(({ name }) => `classifier:${name}`),
  ]);
  return (
    <section class="stack" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{LABELS.title}</h2>
      {hasChoice && (
        <label class="field">
          <span>{LABELS.source}</span>
          <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">{LABELS.own}</option>
            {options.map((value) => (
              <option key={value} value={value}>
                {optionText(value)}
              </option>
            ))}
          </select>
        </label>
      )}
      {chosen === '' ? (
        <LabelChips
          labels={question.labels}
          onLabels={(labels) => onQuestion({ labels })}
          draft={draft}
          onDraft={onDraft}
        />
      ) : (
        <ul class="chips" aria-label={LABELS.list}>
          {theirs?.map((label) => (
            <li key={label} class="chip">
              <bdi>{label}</bdi>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** One that the address names may be gone. */
const withChosen = (chosen: string, options: readonly string[]): readonly string[] =>
  chosen === '' || options.includes(chosen) ? options : [chosen, ...options];

function optionText(value: string): string {
  const [kind, name = ''] = value.split(/:(.*)/s);
  return kind === 'set' ? LABELS.labelSet(name) : LABELS.classifier(name);
}
