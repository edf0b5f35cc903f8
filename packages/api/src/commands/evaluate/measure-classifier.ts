import { evaluateClassifier } from '../../answers/evaluate/evaluate-classifier.ts';
import { ApiError } from '../../errors/api-error.ts';
import { quoted, shorten } from '../../errors/one-line.ts';
import type { ReadImage } from '../../images/read-image.ts';
import type { Flags } from '../../settings/settings.ts';
import { askLocally } from '../classifiers/ask-locally.ts';
import { localClassifiers } from '../classifiers/teach-locally.ts';
import { withLocalStore } from '../collections/local-store.ts';
import { embedFiles } from './embed-files.ts';
import type { Report } from './evaluation-json.ts';
import { classesOf } from './label-file.ts';
import type { LabelledFiles } from './labelled-files.ts';

export interface ClassifierFlags extends Flags {
  readonly classifier: string;
  readonly labelsFile?: string;
  readonly by?: readonly string[];
  readonly quiet?: true;
}

/**
 * Measures a classifier of the data folder.
 *
 * @param of the folder or table of the pictures.
 * @throws ApiError BAD_OPTION for a class that the classifier does not have; as `askClassifier` does.
 */
export async function measureClassifier(
  { files, values }: LabelledFiles,
  of: string,
  flags: ClassifierFlags,
  work: (report: Report, readImage: ReadImage) => Promise<void>,
): Promise<void> {
  const { classifier: name, by = [], quiet = false } = flags;
  await withLocalStore(flags, async (store) => {
    const classifiers = localClassifiers(store);
    const classifier = await classifiers.find(name);
    const labels = classifier.classes.map(({ label }) => label);
    const places = placesOf(values, labels, flags);
    const examples = await classifiers.examples(classifier);
    const learned = new Set(examples.map(({ contentHash }) => contentHash));
    await askLocally(store, name, undefined, async (asked) => {
      const { images, failures } = await embedFiles(asked.session, files, places, quiet);
      const measured = await evaluateClassifier(asked, { images, columns: by, learned });
      await work({ ...measured, of, failures, classifier: name }, store.readImage);
    });
  });
}

/** A folder is of the class that is called as it is, or as the file of labels says. */
function placesOf(
  values: readonly string[],
  labels: readonly string[],
  { classifier, labelsFile }: ClassifierFlags,
): ReadonlyMap<string, number> {
  const named = classesOf(values, labelsFile).filter(({ value }) => values.includes(value));
  return new Map(
    named.map(({ value, texts }) => {
      const place = [value, ...texts].map((text) => labels.indexOf(text)).find((k) => k !== -1);
      if (place !== undefined) return [value, place];
      const expected = `expected classes of ${classifier} (${shorten(labels.join(', '), 200)})`;
      throw new ApiError('BAD_OPTION', `${expected}, got ${quoted(value)}`);
    }),
  );
}
