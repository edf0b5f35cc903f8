import { type ClassifyMode, DEFAULT_TEMPLATES } from '@clipql/core';
import { Argument, type Command, Option } from 'commander';
import { classifyImage, type Question } from '../answers/classify.ts';
import type { Asked } from '../answers/teach/classifier-question.ts';
import { inOrder } from '../embedding-file/in-order.ts';
import { ApiError } from '../errors/api-error.ts';
import type { ModelSession } from '../loaders/loaders.ts';
import { type Flags, parseCount, parseSettings } from '../settings/settings.ts';
import { ANSWER_FORMATS, type Answered, type AnswerFormat, answerWriter } from './answer-writer.ts';
import { addDataFlag } from './collections/flags.ts';
import { addModelFlags, collect } from './flags.ts';
import { checkLabelFlags, type LabelFlags, labelsOf } from './labels.ts';
import { withLocalSession } from './local-session.ts';
import { type NamedImage, namedImages } from './named-images.ts';
import { reportError, warn } from './report.ts';

interface ClassifyFlags extends Flags, LabelFlags {
  readonly templates?: readonly string[];
  readonly classifier?: string;
  readonly mode?: ClassifyMode;
  readonly top?: string;
  readonly format?: AnswerFormat;
  readonly json?: true;
}

/** Two batches: while one is in the model, the next is decoded. Answers appear in the images' order. */
const AT_ONCE = 16;

const EXAMPLES = `
Examples:
  $ clipql classify photo.jpg --labels "dog,cat,car"
  $ clipql classify photos/*.jpg --labels-file labels.txt --top 3 --format csv > answers.csv
  $ clipql classify photos --labels "dog,cat" --format jsonl | jq -r 'select(.label == "dog").image'
  $ clipql classify *.jpg --labels "dog,cat" --templates "a photo of a {}." --templates "a drawing of a {}."
  $ clipql classify photos --classifier animals
  $ clipql classify https://example.org/photo.jpg --labels "dog,cat" --json

Formats:
  table    for reading
  json     one array, with one object per image
  jsonl    one object per line, written as soon as it is known
  csv      image, rank, label, probability, cosine, logit, error_code, error_message; one line per label.
           Labels and names are written as they are, even "=1+1": tell a spreadsheet that these
           columns are text.`;

/** `clipql classify IMAGE… --labels LIST` */
export function addClassify(program: Command): void {
  const command = program
    .command('classify')
    .description('Say which label fits each image best.')
    .addArgument(
      new Argument('<image...>', 'files, folders of images, or http, https or data URLs'),
    )
    .option('--labels <list>', 'labels, separated by commas (repeatable)', collect)
    .option('--labels-file <file>', 'text file with one label per line; - is standard input')
    .option('--classifier <name>', 'classifier that brings its own classes, in place of --labels')
    .option(
      '--templates <text>',
      `sentence with {} for the label (repeatable; default: "${DEFAULT_TEMPLATES[0]}")`,
      collect,
    )
    .addOption(
      new Option(
        '--mode <mode>',
        'how similarity scores are turned into probabilities; default: the model’s own',
      ).choices(['softmax', 'sigmoid', 'cosine']),
    )
    .option('--top <n>', 'number of best labels to show; default: all')
    .addOption(
      new Option('--format <format>', 'output format; default: table').choices(ANSWER_FORMATS),
    )
    .addOption(new Option('--json', 'short for --format json').conflicts('format'));
  addModelFlags(addDataFlag(command)).addHelpText('after', EXAMPLES).action(classify);
}

async function classify(names: readonly string[], flags: ClassifyFlags): Promise<void> {
  const asked = flags.classifier === undefined ? labelsAsked(flags) : classifierAsked(flags);
  const top = flags.top === undefined ? undefined : parseCount('--top', flags.top);
  const format = flags.json ? 'json' : (flags.format ?? 'table');
  const images = await namedImages(names);
  const warned = new Set<string>();
  await asked(async ({ session, question }) => {
    const most = top ?? question.labels.length;
    const writer = answerWriter(format, most, (text) => process.stdout.write(text));
    if (question.probe !== undefined) sayCalibrated(question.probe.temperature);
    const answer = (image: NamedImage) => classifyOne(session, image, question);
    const concurrency = { atOnce: AT_ONCE, ahead: 2 * AT_ONCE };
    for await (const answered of inOrder(images, answer, concurrency)) {
      report(answered, warned);
      writer.write(answered);
    }
    writer.end();
  });
}

/** Has a question asked of a model, which is let go of afterwards. */
type Ask = (work: (asked: Asked) => Promise<void>) => Promise<void>;

/** @throws ApiError BAD_OPTION. */
function labelsAsked(flags: ClassifyFlags): Ask {
  const labels = labelsOf(flags);
  const { templates, mode } = flags;
  checkLabelFlags(labels, templates ?? DEFAULT_TEMPLATES, parseSettings(flags, process.env));
  const question = { labels, templates, mode };
  // The labels of all images are the same: their tower is done before that of the images has begun.
  return (work) => withLocalSession(flags, (session) => work({ session, question }), 'one');
}

/** @throws ApiError BAD_OPTION. */
function classifierAsked(flags: ClassifyFlags): Ask {
  const { classifier = '', labels, labelsFile, templates } = flags;
  if (labels !== undefined || labelsFile !== undefined || templates !== undefined) {
    const message = 'expected --classifier without --labels, --labels-file and --templates';
    throw new ApiError('BAD_OPTION', `${message}, got both`);
  }
  return async (work) => {
    // Labels do without a database, and start faster.
    const [{ askLocally }, { withLocalStore }] = await Promise.all([
      import('./classifiers/ask-locally.ts'),
      import('./collections/local-store.ts'),
    ]);
    await withLocalStore(flags, (store) => askLocally(store, classifier, flags.mode, work));
  };
}

function sayCalibrated(temperature: number): void {
  const line = `probabilities are calibrated (temperature ${temperature.toFixed(2)})`;
  process.stderr.write(`clipql: ${line}\n`);
}

async function classifyOne(
  { model, loaders }: ModelSession,
  named: NamedImage,
  question: Question,
): Promise<Answered> {
  if (named.error !== undefined) return named;
  const { image } = named;
  try {
    const answer = await classifyImage(model, loaders, { ...question, image: { url: image } });
    return { image, answer };
  } catch (error) {
    return { image, error };
  }
}

/** What went wrong with an image, and the warnings that no image before it had. */
function report({ image, answer, error }: Answered, warned: Set<string>): void {
  if (answer === undefined) reportError(error, image);
  for (const warning of answer?.warnings ?? []) {
    if (!warned.has(warning)) warn(warning);
    warned.add(warning);
  }
}
