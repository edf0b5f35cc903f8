import type { Evaluation } from '../../answers/evaluate/evaluate.ts';
import type { Assessment } from '../../answers/evaluate/evaluation.ts';
import type { FailedFile } from './labelled-files.ts';

/** What a command has measured, and what it could not. */
export interface Report extends Evaluation {
  /** The folder, table or collection. */
  readonly of: string;
  readonly failures: readonly FailedFile[];
  /** The classifier that was measured; zero-shot unless given. */
  readonly classifier?: string;
}

/** What the first figures are of. */
export const answeredBy = ({ classifier }: Pick<Report, 'classifier'>): string =>
  classifier === undefined ? 'zero-shot' : `classifier ${classifier}`;

/** What classes are called. */
export const labelsOf = ({ classes }: Pick<Evaluation, 'classes'>): readonly string[] =>
  classes.map(({ texts }) => texts[0]!);

/**
 * A report as `--format json` writes it, with names in place of numbers; null for what is not known.
 *
 * @param mistakes the most that are listed.
 */
export function evaluationJson(report: Report, mistakes: number): string {
  const { figures, images, classes, candidates, repeated, contradictory, ...rest } = report;
  const labels = labelsOf(report);
  const { zeroShot, fewShot, templates, breakdowns } = figures;
  const sizes = zeroShot.classes.map((one) => one.images);
  const named = {
    of: rest.of,
    model: rest.model,
    images: images.length,
    classes: classes.map(({ value, texts }, k) => ({ value, texts, images: sizes[k] })),
    templates: rest.templates,
    classifier: rest.classifier && {
      name: rest.classifier,
      ...assessmentJson(report, zeroShot, mistakes),
    },
    zeroShot: rest.classifier ? undefined : assessmentJson(report, zeroShot, mistakes),
    fewShot: fewShot && {
      ...fewShot,
      assessment: assessmentJson(report, fewShot.assessment, mistakes),
    },
    templateComparison: templates && {
      ...templates,
      candidates: templates.candidates.map((trial) => ({
        ...trial,
        template: candidates[trial.template],
      })),
    },
    breakdowns,
    failures: rest.failures,
    repeated,
    contradictory: contradictory.map(({ names, classes: those }) => ({
      names,
      classes: those.map((k) => labels[k]),
    })),
    warnings: rest.warnings,
  };
  return `${JSON.stringify(named, (_, value) => (value === undefined ? null : value), 2)}\n`;
}

function assessmentJson(report: Report, assessment: Assessment, mistakes: number) {
  const labels = labelsOf(report);
  const named = <Pair extends { truth: number; predicted: number }>(pair: Pair) => ({
    ...pair,
    truth: labels[pair.truth],
    predicted: labels[pair.predicted],
  });
  return {
    ...assessment,
    classes: assessment.classes.map((one, k) => ({ label: labels[k], ...one })),
    confusions: assessment.confusions.map(named),
    mistakes: assessment.mistakes
      .slice(0, mistakes)
      .map((mistake) => ({ ...named(mistake), image: report.images[mistake.image]!.name })),
  };
}
