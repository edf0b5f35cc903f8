import { useState } from 'preact/hooks';
import { percent } from '../parts/figures.ts';
import type { ServerFacts } from '../server/facts.ts';
import { TEXTS } from '../texts.ts';
import type { Question } from './question.ts';

const OPTIONS = TEXTS.options;

interface QuestionOptionsProps {
  readonly question: Question;
  readonly onQuestion: (change: Partial<Question>) => void;
  readonly facts: ServerFacts | undefined;
}

/** The model, the sentences that labels are put into, and when none of the labels is the answer. */
export function QuestionOptions({ question, onQuestion, facts }: QuestionOptionsProps) {
  const { model, labelSet, classifier, rejectBelow } = question;
  const models = facts?.models ?? [];
  const hasOwnTemplates = labelSet + classifier !== '';
  return (
    <details class="panel">
      <summary>{OPTIONS.title}</summary>
      <label class="field">
        <span>
          {OPTIONS.reject}:{' '}
          <output>{rejectBelow > 0 ? percent(rejectBelow) : OPTIONS.rejectOff}</output>
        </span>
        <input
          type="range"
          min="0"
          max="0.95"
          step="0.05"
          value={rejectBelow}
          onInput={(event) => onQuestion({ rejectBelow: Number(event.currentTarget.value) })}
        />
      </label>
      {models.length > 1 && classifier === '' && (
        <label class="field">
          <span>{OPTIONS.model}</span>
          <select
            value={model}
            onChange={(event) => onQuestion({ model: event.currentTarget.value })}
          >
            {models.map(({ name }, i) => (
              <option key={name} value={i === 0 ? '' : name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {!hasOwnTemplates && <Templates question={question} onQuestion={onQuestion} />}
    </details>
  );
}

function Templates({ question, onQuestion }: Omit<QuestionOptionsProps, 'facts'>) {
  const { templates, ensemble } = question;
  const [isOwn, setIsOwn] = useState(templates.length > 0);
  const kind = isOwn ? 'own' : ensemble ? 'ensemble' : 'single';
  const choose = (next: string) => {
    setIsOwn(next === 'own');
    onQuestion({ ensemble: next === 'ensemble', templates: [] });
  };
  const write = (text: string) => {
    const lines = text.split('\n').map((line) => line.trim());
    onQuestion({ templates: lines.filter((line) => line !== '') });
  };
  return (
    <>
      <label class="field">
        <span>{OPTIONS.templates}</span>
        <select value={kind} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="single">{OPTIONS.single}</option>
          <option value="ensemble">{OPTIONS.ensemble}</option>
          <option value="own">{OPTIONS.own}</option>
        </select>
      </label>
      {isOwn && (
        <label class="field">
          <span>{OPTIONS.ownLabel}</span>
          <textarea
            rows={3}
            defaultValue={templates.join('\n')}
            onChange={(event) => write(event.currentTarget.value)}
          />
        </label>
      )}
    </>
  );
}
