import { type ClassifyMode, DEFAULT_TEMPLATES } from '@clipql/core';
import { Argument, type Command, Option } from 'commander';
import { classifyImage } from '../answers/classify.ts';
import { inOrder } from '../embedding-file/in-order.ts';
import type { ModelSession } from '../loaders/loaders.ts';
import { type Flags, parseCount, parseSettings } from '../settings/settings.ts';
import { ANSWER_FORMATS, type Answered, type AnswerFormat, answerWriter } from './answer-writer.ts';
import { addModelFlags, collect } from './flags.ts';
import { checkLabelFlags, type LabelFlags, labelsOf } from './labels.ts';
import { withLocalSession } from './local-session.ts';
import { type NamedImage, namedImages } from './named-images.ts';
import { reportError, warn } from './report.ts';

interface ClassifyFlags extends Flags, LabelFlags {
  readonly templates?: readonly string[];
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
  addModelFlags(command).addHelpText('after', EXAMPLES).action(classify);
}

async function classify(names: readonly string[], flags: ClassifyFlags): Promise<void> {
  const labels = labelsOf(flags);
  checkLabelFlags(labels, flags.templates ?? DEFAULT_TEMPLATES, parseSettings(flags, process.env));
  const top = flags.top === undefined ? labels.length : parseCount('--top', flags.top);
  const format = flags.json ? 'json' : (flags.format ?? 'table');
  const writer = answerWriter(format, top, (text) => process.stdout.write(text));
  const images = await namedImages(names);
  const warned = new Set<string>();
  const work = async (session: ModelSession) => {
    const answer = (image: NamedImage) => classifyOne(session, image, labels, flags);
    const concurrency = { atOnce: AT_ONCE, ahead: 2 * AT_ONCE };
    for await (const answered of inOrder(images, answer, concurrency)) {
      report(answered, warned);
      writer.write(answered);
    }
  };
  // The labels of all images are the same: their tower is done before that of the images has begun.
  await withLocalSession(flags, work, 'one');
  writer.end();
}

async function classifyOne(
  { model, loaders }: ModelSession,
  named: NamedImage,
  labels: readonly string[],
  { templates, mode }: ClassifyFlags,
): Promise<Answered> {
  if (named.error !== undefined) return named;
  const { image } = named;
  try {
    const request = { image: { url: image }, labels, templates, mode };
    return { image, answer: await classifyImage(model, loaders, request) };
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
