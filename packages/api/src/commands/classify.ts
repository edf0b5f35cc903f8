import { type ClassifyMode, DEFAULT_TEMPLATES } from '@clipql/core';
import { Argument, type Command, Option } from 'commander';
import { classifyImage, type ImageClassification } from '../classify-image.ts';
import { describeError } from '../errors.ts';
import { checkLabels } from '../limits.ts';
import type { ModelSession } from '../loaders.ts';
import { type Flags, parseCount } from '../settings/settings.ts';
import { classificationJson, classificationTable } from './classify-output.ts';
import { addModelFlags, collect } from './flags.ts';
import { withLocalSession } from './local-session.ts';
import { reportError } from './report.ts';

interface ClassifyFlags extends Flags {
  readonly labels: readonly string[];
  readonly templates?: readonly string[];
  readonly mode: ClassifyMode;
  readonly top?: string;
  readonly json?: true;
}

/** Images that are encoded together; answers appear group by group. */
const GROUP = 8;

const EXAMPLES = `
Examples:
  $ clipql classify photo.jpg --labels "dog,cat,car"
  $ clipql classify *.jpg --labels "dog,cat" --templates "a photo of a {}." --templates "a drawing of a {}." --top 1
  $ clipql classify https://example.org/photo.jpg --labels "dog,cat" --json`;

/** `clipql classify IMAGE… --labels LIST` */
export function addClassify(program: Command): void {
  const command = program
    .command('classify')
    .description('Tell which label fits each image.')
    .addArgument(new Argument('<image...>', 'files, and http, https or data URLs'))
    .requiredOption('--labels <list>', 'labels, with commas between them (repeatable)', collect)
    .option(
      '--templates <text>',
      `a sentence with {} for the label (repeatable; "${DEFAULT_TEMPLATES[0]}" unless given)`,
      collect,
    )
    .addOption(
      new Option('--mode <mode>', 'how cosines become probabilities')
        .choices(['softmax', 'sigmoid', 'cosine'])
        .default('softmax'),
    )
    .option('--top <n>', 'show only so many of the best labels')
    .option('--json', 'write one JSON array, with one object an image');
  addModelFlags(command).addHelpText('after', EXAMPLES).action(classify);
}

async function classify(images: readonly string[], flags: ClassifyFlags): Promise<void> {
  const labels = splitLabels(flags.labels);
  checkLabels(labels, flags.templates ?? DEFAULT_TEMPLATES);
  const top = flags.top === undefined ? labels.length : parseCount('--top', flags.top);
  const answered: Answered[] = [];
  await withLocalSession(flags, async (session) => {
    for (let start = 0; start < images.length; start += GROUP) {
      const group = await classifyGroup(session, images.slice(start, start + GROUP), labels, flags);
      for (const one of group) write(one, flags.json ? 0 : top);
      answered.push(...group);
    }
  });
  if (!flags.json) return;
  process.stdout.write(
    `${JSON.stringify(
      answered.map((one) => toJson(one, top)),
      null,
      2,
    )}\n`,
  );
}

interface Answered {
  readonly image: string;
  /** Undefined where there is an error. */
  readonly answer?: ImageClassification;
  readonly error?: unknown;
}

async function classifyGroup(
  { model, loaders }: ModelSession,
  images: readonly string[],
  labels: readonly string[],
  { templates, mode }: ClassifyFlags,
): Promise<Answered[]> {
  return Promise.all(
    images.map(async (image) => {
      try {
        const request = { image: { url: image }, labels, templates, mode };
        return { image, answer: await classifyImage(model, loaders, request) };
      } catch (error) {
        return { image, error };
      }
    }),
  );
}

/** An image's table, with `top` lines or none, and what went wrong with it. */
function write({ image, answer, error }: Answered, top: number): void {
  if (answer === undefined) reportError(error, image);
  else if (top > 0) process.stdout.write(classificationTable(image, answer, top));
  for (const warning of answer?.warnings ?? [])
    process.stderr.write(`clipql: warning: ${warning}\n`);
}

function toJson({ image, answer, error }: Answered, top: number): object {
  const result = answer ? classificationJson(answer, top) : { error: describeError(error) };
  return { image, ...result };
}

/** An empty list has no label; an empty place within one is an empty label, and an error. */
function splitLabels(lists: readonly string[]): string[] {
  return lists
    .filter((list) => list.trim() !== '')
    .flatMap((list) => list.split(',').map((label) => label.trim()));
}
