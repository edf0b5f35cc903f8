import { classWords } from '../../answers/evaluate/encode-classes.ts';
import { sessionOfClassifier } from '../../answers/teach/classifier-question.ts';
import { addExamples, createClassifier, type Taught } from '../../answers/teach/teach.ts';
import type { Classifier } from '../../classifiers/classifier.ts';
import type { Classifiers } from '../../classifiers/classifiers.ts';
import { counted } from '../../errors/counted.ts';
import { describeError } from '../../errors/public-error.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import type { LocalStore } from '../collections/local-store.ts';
import { createProgress, type Progress } from '../progress.ts';
import { errorLine, failed, warn } from '../report.ts';
import { type UseModel, withModels } from '../store-sessions.ts';
import type { ClassFiles } from './class-flags.ts';

/** A classifier as the command line describes it. */
export interface LocalTeaching {
  readonly name: string;
  readonly labels: readonly string[];
  readonly files: ClassFiles;
  /** By label; the label itself unless given, none for a class of pictures alone. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly templates: readonly string[];
  readonly keepsImages: boolean;
  readonly replace: boolean;
}

/** The command line's own. */
export const localClassifiers = ({ classifiers }: LocalStore): Classifiers =>
  classifiers.of(undefined);

/** Makes a classifier of files, and says what became of them. */
export async function createLocally(
  store: LocalStore,
  { files, texts, labels, ...teaching }: LocalTeaching,
): Promise<void> {
  const classes = labels.map((label) => ({
    label,
    texts: texts.get(label) ?? ownTexts(label),
    images: imagesOf(files, label),
  }));
  await teach(store, files, {
    choose: (use) => use(),
    work: (deps, session) => createClassifier(deps, session, { ...teaching, classes }),
  });
}

/** Adds files to a classifier, and says what became of them. */
export async function addLocally(
  store: LocalStore,
  classifier: Classifier,
  files: ClassFiles,
): Promise<void> {
  const given = [...files.keys()].map((label) => ({ label, images: imagesOf(files, label) }));
  await teach(store, files, {
    choose: (use) => sessionOfClassifier({ models: store.models, use }, classifier),
    work: (deps, session) => addExamples(deps, session, classifier, given),
  });
}

interface Teaching {
  choose(use: UseModel): Promise<ModelSession>;
  work(deps: Parameters<typeof addExamples>[0], session: ModelSession): Promise<Taught>;
}

async function teach(
  store: LocalStore,
  files: ClassFiles,
  { choose, work }: Teaching,
): Promise<void> {
  const total = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  await withModels(store, async (use) => {
    const session = await choose(use);
    const progress = createProgress({ unit: 'images', total: Math.max(total, 1) });
    const deps = { classifiers: localClassifiers(store), describe: describeError };
    const taught = await work(deps, watched(session, progress)).finally(() => progress.end());
    report(taught, files);
  });
}

/** Tells of each image that is done. */
function watched({ model, loaders }: ModelSession, { update }: Progress): ModelSession {
  let done = 0;
  const watch =
    <Args extends readonly unknown[], Result>(load: (...args: Args) => Promise<Result>) =>
    (...args: Args) =>
      load(...args).finally(() => update(++done));
  const image = watch(loaders.image);
  return { model, loaders: { ...loaders, image, imageFile: watch(loaders.imageFile) } };
}

function report({ classifier, failures, repeated, warnings }: Taught, files: ClassFiles): void {
  for (const failure of failures) {
    const path = files.get(failure.label)?.[failure.index];
    process.stderr.write(`${errorLine(failure, path)}\n`);
    failed();
  }
  for (const { label, index } of repeated) {
    warn(`${files.get(label)?.[index]} is in class ${label} already, and is kept once`);
  }
  warnings.forEach(warn);
  const { name, classes, temperature } = classifier;
  const pictures = classes.reduce((sum, { examples }) => sum + examples, 0);
  const trained = temperature === undefined ? '' : `, temperature ${temperature.toFixed(2)}`;
  process.stderr.write(
    `clipql: ${name} has ${counted(classes.length, 'class', 'classes')} and ${counted(pictures, 'picture')}${trained}\n`,
  );
}

/** The words in a folder's name, as an evaluation takes them, where they are not the label itself. */
const ownTexts = (label: string) => (classWords(label) === label ? null : [classWords(label)]);

const imagesOf = (files: ClassFiles, label: string) =>
  (files.get(label) ?? []).map((url) => ({ url }));
