import { escaped } from '../../html.ts';
import { labelsOf, type Report } from '../evaluation-json.ts';

/** What does not count, what could not be read, and what cannot be said. */
export function notes(report: Report): string {
  const labels = labelsOf(report);
  const lists = [
    list('What these figures cannot say', report.warnings),
    list(
      'Pictures that could not be read',
      report.failures.map(({ name, error }) => `${name}: ${error.message} (${error.code})`),
    ),
    list(
      'One file in several classes: no answer would be right, so these do not count',
      report.contradictory.map(
        ({ names, classes }) => `${names.join(', ')}: ${classes.map((k) => labels[k]).join(', ')}`,
      ),
    ),
    list(
      'The same file again: it counts once',
      report.repeated.map(({ name, of }) => `${name}, as ${of}`),
    ),
  ].filter((text) => text !== '');
  return lists.length === 0 ? '' : `<section><h2>What to mend</h2>${lists.join('')}</section>`;
}

/** Up to so many are open from the start. */
const SHOWN = 5;

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const items = lines.map((line) => `<li>${escaped(line)}</li>`).join('');
  return `<details${lines.length <= SHOWN ? ' open' : ''}><summary>${title} (${lines.length})</summary><ul>${items}</ul></details>`;
}
