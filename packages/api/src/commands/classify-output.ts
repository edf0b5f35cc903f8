import type { ImageClassification } from '../answers/classify.ts';
import { oneLine, shorten } from '../errors/one-line.ts';
import { percent } from './percent.ts';

/** An image's answer as an aligned table, the best label first. */
export function classificationTable(
  image: string,
  { scores, image: facts }: ImageClassification,
  top: number,
): string {
  const shown = scores.slice(0, top);
  const labels = shown.map(({ label }) => oneLine(shorten(label, 60)));
  const width = Math.max(...labels.map((label) => label.length));
  const rows = shown.map(({ probability, cosine, logit }, i) => {
    const share = probability === undefined ? '' : `${percent(probability).padStart(7)}  `;
    return `  ${labels[i]!.padEnd(width)}  ${share}cosine ${number(cosine)}  logit ${number(logit)}`;
  });
  const title = `${oneLine(shorten(image, 100))} (${facts.format}, ${facts.width} × ${facts.height})`;
  return `${title}\n${rows.join('\n')}\n`;
}

/** An image's answer as `--json` writes it: the fields of the API. */
export function classificationJson(
  { scores, best, temperature, model, image, timing, warnings }: ImageClassification,
  top: number,
): object {
  return {
    label: best.label,
    scores: scores.slice(0, top),
    calibrated: temperature !== undefined,
    ...(temperature !== undefined && { temperature }),
    file: image,
    model: model.clip.info.name,
    timing,
    warnings,
  };
}

const number = (value: number) => value.toFixed(3).padStart(7);
