import { TEXTS } from '../texts.ts';
import type { CrossValidation } from './classifier.ts';

const TEACH = TEXTS.teach;

interface ConfusionTableProps {
  readonly rows: CrossValidation['confusionMatrix'];
}

/** What the pictures of each class were taken for: right answers stand on the diagonal. */
export function ConfusionTable({ rows }: ConfusionTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="confusion-box" tabIndex={0} aria-labelledby="teach-confusion">
      <table class="confusion">
        <caption id="teach-confusion">{TEACH.confusion}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="quiet">
                {TEACH.truth} ↓<br />
                {TEACH.predicted} →
              </span>
            </th>
            {rows.map(({ truth }) => (
              <th key={truth} scope="col">
                <bdi>{truth}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ truth, counts }, row) => (
            <tr key={truth}>
              <th scope="row">
                <bdi>{truth}</bdi>
              </th>
              {counts.map((count, column) => (
                // Columns are in the order of the rows.
                <td
                  key={rows[column]!.truth}
                  data-right={(row === column && count > 0) || undefined}
                  data-wrong={(row !== column && count > 0) || undefined}
                >
                  {count}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
