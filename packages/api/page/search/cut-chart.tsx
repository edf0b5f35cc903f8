import { useId, useState } from 'preact/hooks';
import { percent } from '../parts/figures.ts';
import { TEXTS } from '../texts.ts';
import './cut-chart.css';
import type { Cut } from './query.ts';
import { barHeights, countFrom, cutAt, lineAt, type ScoreHistogram } from './score-histogram.ts';

const SEARCH = TEXTS.search;
/** Units of the drawing, which is stretched to its place. */
const HEIGHT = 64;

interface CutChartProps {
  readonly histogram: ScoreHistogram;
  /** The score from which items are hits, as the server says. */
  readonly cut: number | null;
  readonly total: number;
  readonly choice: Cut;
  readonly onChoice: (cut: Cut) => void;
}

/** How the scores lie, and the line from which on items are hits: to be dragged, or moved with the arrow keys. */
export function CutChart({ histogram, cut, total, choice, onChoice }: CutChartProps) {
  const id = useId();
  // Where it has been drawn to: until it is let go of, and then until the answer to that comes.
  const [drawn, setDrawn] = useState<{ readonly to: number; readonly over?: ScoreHistogram }>();
  const drafted = drawn?.over === undefined || drawn.over === histogram ? drawn?.to : undefined;
  const parts = histogram.counts.length;
  const line = drafted ?? lineAt(histogram, cut, total);
  const all = countFrom(histogram, 0);
  const hits = drafted === undefined ? total : countFrom(histogram, drafted);
  const text = SEARCH.lineText(hits, all);
  const choose = (next: Cut, to?: number) => {
    setDrawn(to === undefined ? undefined : { to, over: histogram });
    onChoice(next);
  };
  return (
    <section class="stack cut" aria-labelledby={id}>
      <div class="cut-head">
        <h2 id={id}>{SEARCH.line}</h2>
        <span class="quiet">{text}</span>
      </div>
      <div class="cut-chart">
        <svg viewBox={`0 0 ${parts} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {barHeights(histogram).map((height, i) => (
            <rect
              key={i}
              class={i + 1 > line ? 'bar-hit' : 'bar-miss'}
              x={i + 0.1}
              width={0.8}
              y={HEIGHT - barPixels(height)}
              height={barPixels(height)}
            />
          ))}
        </svg>
        <input
          type="range"
          min="0"
          max={parts}
          step="1"
          value={Math.round(line)}
          aria-label={SEARCH.lineSlider}
          aria-valuetext={text}
          onInput={(event) => setDrawn({ to: Number(event.currentTarget.value) })}
          onChange={(event) => {
            const to = Number(event.currentTarget.value);
            choose(cutAt(histogram, to), to);
          }}
        />
      </div>
      <fieldset class="row" aria-labelledby={id}>
        {(['auto', 'all'] as const).map((one) => (
          <button
            key={one}
            type="button"
            class="choice"
            aria-pressed={choice === one}
            onClick={() => choose(one)}
          >
            {one === 'auto' ? SEARCH.lineAuto : SEARCH.lineAll}
          </button>
        ))}
        {typeof choice === 'number' && (
          <span class="quiet">{SEARCH.lineFrom(percent(choice))}</span>
        )}
      </fieldset>
    </section>
  );
}

/** A single item is seen too. */
const barPixels = (height: number): number => (height === 0 ? 0 : Math.max(2, height * HEIGHT));
