import type { ComponentChildren } from 'preact';
import { scoreText } from './figures.ts';

interface Bar {
  readonly label: string;
  readonly probability: number | null;
  readonly cosine: number;
}

interface ScoreBarsProps {
  /** Best first. */
  readonly scores: readonly Bar[];
  readonly title: string;
  /** Whether they are of another question than the one on the screen. */
  readonly isStale: boolean;
  /** Whether the best one is the answer. */
  readonly isAccepted: boolean;
  /** What can be done with a label. */
  readonly action?: ((label: string, index: number) => ComponentChildren) | undefined;
}

/** A bar for each label, the best first. */
export function ScoreBars({ scores, title, isStale, isAccepted, action }: ScoreBarsProps) {
  return (
    <ol class="bars" aria-label={title} data-stale={isStale || undefined}>
      {scores.map(({ label, probability, cosine }, i) => (
        <li key={label} data-best={(i === 0 && isAccepted) || undefined}>
          <span class="bar-label">
            <bdi>{label}</bdi>
          </span>
          <span class="bar-figure">{scoreText(probability, cosine)}</span>
          {action?.(label, i)}
          <span class="bar-track" aria-hidden="true">
            <span
              class="bar-fill"
              style={{ transform: `scaleX(${Math.max(0, Math.min(1, probability ?? cosine))})` }}
            />
          </span>
        </li>
      ))}
    </ol>
  );
}
