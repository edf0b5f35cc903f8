import type { Classifier, Example } from '../../classifiers/classifier.ts';
import { grouped } from '../../errors/grouped.ts';
import { oneLine, shorten } from '../../errors/one-line.ts';
import { textTable } from '../text-table.ts';

export const HEADINGS = ['name', 'classes', 'pictures', 'temperature', 'model'];

/** A line of a list. */
export const classifierCells = (classifier: Classifier): readonly string[] => [
  classifier.name,
  grouped(classifier.classes.length),
  grouped(picturesOf(classifier)),
  temperatureOf(classifier),
  oneLine(shorten(classifier.space.model, 60)),
];

/** For reading: its classes, then its pictures. */
export function classifierTable(classifier: Classifier, examples: readonly Example[]): string {
  const { name, space, classes } = classifier;
  const title = `${name}, taught with ${oneLine(shorten(space.model, 60))}, temperature ${temperatureOf(classifier)}`;
  const rows = classes.map(({ label, texts, examples: count }) => [
    shown(label),
    grouped(count),
    texts === null ? shown(label) : texts.length === 0 ? '(none)' : shown(texts.join(', ')),
  ]);
  const pictures = examples.map((example) => [
    example.contentHash.slice(0, 12),
    shown(classes[example.class]!.label),
    oneLine(shorten(example.source, 120)),
  ]);
  const tables = [
    textTable([['class', 'pictures', 'texts'], ...rows]),
    ...(pictures.length > 0 ? [textTable([['picture', 'class', 'from'], ...pictures])] : []),
  ];
  return [`${title}\n`, ...tables].join('\n');
}

/** @param examples left out of a list. */
export const classifierJson = (
  classifier: Classifier,
  examples?: readonly Example[],
): Readonly<Record<string, unknown>> => {
  const { name, space, templates, classes, temperature, createdAt, changedAt } = classifier;
  return {
    ...{ name, model: space.model, templates, keepsImages: classifier.keepsImages },
    temperature: temperature ?? null,
    classes: classes.map(({ label, texts, examples: pictures }) => ({ label, texts, pictures })),
    ...(examples && {
      pictures: examples.map(({ class: place, contentHash, source, addedAt }) => ({
        ...{ label: classes[place]!.label, contentHash, source, addedAt },
      })),
    }),
    ...{ createdAt, changedAt },
  };
};

const picturesOf = ({ classes }: Classifier): number =>
  classes.reduce((sum, { examples }) => sum + examples, 0);

const temperatureOf = ({ temperature }: Classifier): string => temperature?.toFixed(2) ?? '–';

const shown = (text: string): string => oneLine(shorten(text, 60));
