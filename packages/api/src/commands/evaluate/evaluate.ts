import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DEFAULT_TEMPLATES } from '@clipql/core';
import { type Command, Option } from 'commander';
import { CANDIDATE_TEMPLATES } from '../../answers/evaluate/candidate-templates.ts';
import { checkClasses, evaluate as measure } from '../../answers/evaluate/evaluate.ts';
import { ApiError } from '../../errors/api-error.ts';
import { grouped } from '../../errors/grouped.ts';
import type { ReadImage } from '../../images/read-image.ts';
import { type Flags, parseCount, parseSettings } from '../../settings/settings.ts';
import { addStoreFlags } from '../collections/flags.ts';
import { collect } from '../flags.ts';
import { type LocalSession, withLocalSession } from '../local-session.ts';
import { failed, warn } from '../report.ts';
import { readClassFolders } from './class-folders.ts';
import { embedFiles } from './embed-files.ts';
import { evaluationJson, type Report } from './evaluation-json.ts';
import { evaluationTable } from './evaluation-table.ts';
import { classesOf } from './label-file.ts';
import type { LabelledFiles } from './labelled-files.ts';
import { readLabelledTable } from './labelled-table.ts';
import { writeReport } from './report/write-report.ts';

interface EvaluateFlags extends Flags {
  readonly column?: string;
  readonly path?: string;
  readonly images?: string;
  readonly by?: readonly string[];
  readonly labelsFile?: string;
  readonly classifier?: string;
  readonly templates?: readonly string[];
  readonly shots?: string;
  readonly folds?: string;
  /** False with `--no-compare`. */
  readonly compare: boolean;
  readonly mistakes?: string;
  readonly format?: 'table' | 'json';
  readonly json?: true;
  readonly html?: string;
  readonly quiet?: true;
}

const DEFAULT_SHOTS = '1,4,16';
const DEFAULT_MISTAKES = 24;
/** A confusion matrix has a cell for each pair of classes. */
const MOST_CLASSES = 2_000;
/** Of more classes, other templates would take minutes. */
const MOST_COMPARED_CLASSES = 200;

const EXAMPLES = `
Examples:
  $ clipql evaluate birds
  $ clipql evaluate birds --html birds.html --json > birds.json
  $ clipql evaluate birds --labels-file names.json --templates "a photo of a {}, a type of bird."
  $ clipql evaluate people.csv --path file --column role --by gender --by age
  $ clipql evaluate birds --shots 5,10 --folds 10 --no-compare
  $ clipql evaluate other-birds --classifier birds --html birds.html

A folder has a folder of pictures for each class, and underscores in its name stand for spaces. A table
(.csv, .tsv, .jsonl, .parquet) has a row for each picture. --labels-file is a JSON object, such as
{"n01443537": ["goldfish", "carassius auratus"]}; a class without pictures is one more answer to choose from.`;

/** `clipql evaluate PATH` */
export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description('Measure on your own pictures how good the answers are.')
    .argument('<path>', 'folder with a folder for each class, or a table')
    .option('--column <name>', 'of a table: column of the classes (default: class)')
    .option('--path <name>', 'of a table: column of paths or URLs (default: path)')
    .option('--images <dir>', 'of a table: where its paths begin (default: its own folder)')
    .option('--by <name>', 'of a table: column to break figures down by (repeatable)', collect)
    .option('--labels-file <file>', 'JSON object of classes and what they are called')
    .option(
      '--classifier <name>',
      'measure this classifier, on pictures that it has not learned from',
    )
    .option(
      '--templates <text>',
      `sentence with {} for the label (repeatable; default: "${DEFAULT_TEMPLATES[0]}")`,
      collect,
    )
    .option(
      '--shots <list>',
      `pictures of each class to learn from; 0 for none (default: ${DEFAULT_SHOTS})`,
    )
    .option('--folds <n>', 'folds of cross-validation, or one-out (default: 5; few: one-out)')
    .option('--no-compare', `do not try ${CANDIDATE_TEMPLATES.length} other templates`)
    .option('--mistakes <n>', `number of mistakes to list (default: ${DEFAULT_MISTAKES})`)
    .addOption(
      new Option('--format <format>', 'output format; default: table').choices(['table', 'json']),
    )
    .addOption(new Option('--json', 'short for --format json').conflicts('format'))
    .option('--html <file>', 'write a report with plots and pictures of mistakes as well')
    .option('--quiet', 'print results and errors only');
  addStoreFlags(command).addHelpText('after', EXAMPLES).action(evaluate);
}

async function evaluate(path: string, flags: EvaluateFlags): Promise<void> {
  const { classifier } = flags;
  const mistakes =
    flags.mistakes === undefined ? DEFAULT_MISTAKES : parseCount('--mistakes', flags.mistakes);
  const asked = classifier === undefined ? labelsAsked(flags) : classifierAsked(classifier, flags);
  if (flags.html !== undefined) await checkWritable(flags.html);
  const labelled = await readLabelled(path, flags);
  await asked(labelled, path, async (report, readImage) => {
    warnOf(report);
    const asJson = flags.json ?? flags.format === 'json';
    process.stdout.write(asJson ? evaluationJson(report, mistakes) : evaluationTable(report));
    if (flags.html !== undefined) {
      const sources = new Map(labelled.files.map(({ name, source }) => [name, source]));
      const sourceOf = (name: string) => sources.get(name)!;
      await writeReport(flags.html, report, mistakes, readImage, sourceOf);
      if (!flags.quiet) process.stderr.write(`clipql: ${flags.html} has the report\n`);
    }
    if (report.failures.length > 0) failed();
  });
}

/** Measures pictures by what is asked, and hands over what came of it. */
type Ask = (
  labelled: LabelledFiles,
  of: string,
  work: (report: Report, readImage: ReadImage) => Promise<void>,
) => Promise<void>;

/** @throws ApiError TOO_MANY_LABELS. */
function checkClassCount(count: number): void {
  if (count <= MOST_CLASSES) return;
  const message = `expected at most ${grouped(MOST_CLASSES)} classes, got ${grouped(count)}`;
  throw new ApiError('TOO_MANY_LABELS', message);
}

/** @throws ApiError BAD_OPTION. */
function labelsAsked(flags: EvaluateFlags): Ask {
  const { by: columns = [], quiet = false, templates } = flags;
  const shots = shotsOf(flags.shots ?? DEFAULT_SHOTS);
  const folds = flags.folds === undefined ? undefined : foldsOf(flags.folds);
  return async ({ files, values }, of, work) => {
    const classes = classesOf(values, flags.labelsFile);
    checkClassCount(classes.length);
    const settings = parseSettings({ ...flags, ...WITHOUT_LIMITS }, process.env);
    checkClasses(classes, templates ?? DEFAULT_TEMPLATES, settings);
    const places = new Map(classes.map(({ value }, place) => [value, place]));
    const compareTemplates = flags.compare && classes.length <= MOST_COMPARED_CLASSES;
    const asked = { classes, columns, templates, compareTemplates, shots, folds };
    const measureAll = async (session: LocalSession) => {
      const { images, failures } = await embedFiles(session, files, places, quiet);
      const measured = await measure(session, { ...asked, images });
      await work({ ...measured, of, failures }, session.readImage);
    };
    // All pictures come before all texts.
    await withLocalSession({ ...flags, ...WITHOUT_LIMITS }, measureAll, 'one');
  };
}

/** @throws ApiError BAD_OPTION for what a classifier has of its own. */
function classifierAsked(classifier: string, flags: EvaluateFlags): Ask {
  for (const name of ['templates', 'shots', 'folds'] as const) {
    if (flags[name] === undefined) continue;
    throw new ApiError('BAD_OPTION', `expected --classifier without --${name}, got both`);
  }
  return async (labelled, of, work) => {
    // Labels do without a database, and start faster.
    const { measureClassifier } = await import('./measure-classifier.ts');
    await measureClassifier(labelled, of, { ...flags, classifier }, work);
  };
}

/** One's own labels may be as many as they are. */
const WITHOUT_LIMITS = { maxLabels: '1000000', maxPrompts: '10000000' };

async function readLabelled(path: string, flags: EvaluateFlags) {
  const stats = await stat(path).catch(() => undefined);
  const { column = 'class', path: paths = 'path', by = [], images } = flags;
  if (stats?.isFile()) return readLabelledTable(path, { path: paths, column, by, images });
  for (const name of ['column', 'path', 'images', 'by'] as const) {
    if (flags[name] === undefined || stats === undefined) continue;
    throw new ApiError('BAD_OPTION', `expected a table with --${name}, got the folder ${path}`);
  }
  return readClassFolders(path);
}

/** Before minutes are spent on what cannot be written. @throws ApiError OUTPUT_UNWRITABLE. */
async function checkWritable(file: string): Promise<void> {
  if ((await stat(file).catch(() => undefined))?.isDirectory()) {
    throw new ApiError('OUTPUT_UNWRITABLE', `expected --html as a file, got a folder: ${file}`);
  }
  try {
    await access(dirname(file), constants.W_OK);
  } catch (cause) {
    const got = `a folder that cannot be written to: ${dirname(file)}`;
    throw new ApiError('OUTPUT_UNWRITABLE', `expected --html in a folder, got ${got}`, { cause });
  }
}

/** @throws ApiError BAD_OPTION for anything but whole numbers. */
function shotsOf(list: string): readonly number[] {
  if (list.trim() === '0') return [];
  const counts = list.split(',').map((count) => parseCount('--shots', count.trim()));
  return [...new Set(counts)].sort((a, b) => a - b);
}

/** @throws ApiError BAD_OPTION for anything but a whole number of at least 2, or one-out. */
function foldsOf(given: string): number {
  if (given === 'one-out') return Number.POSITIVE_INFINITY;
  const folds = parseCount('--folds', given);
  if (folds >= 2) return folds;
  throw new ApiError('BAD_OPTION', 'expected --folds as one-out or at least 2, got 1');
}

function warnOf({ repeated, contradictory, warnings }: Report): void {
  for (const { name, of } of repeated) warn(`${name} has the bytes of ${of}, and does not count`);
  for (const { names } of contradictory) {
    warn(`${names.join(', ')} are one file in several classes, and do not count`);
  }
  warnings.forEach(warn);
}
