import {
  type Clip,
  createPicture,
  decodeImage,
  type GuidedPicture,
  PICTURE_SIDES,
  type StartPicture,
} from '@clipql/core';
import type { Command } from 'commander';
import { expectWritable } from '../../files/expect-writable.ts';
import { lockOutput } from '../../files/output-lock.ts';
import { writing } from '../../files/writing.ts';
import type { ReadImage } from '../../images/read-image.ts';
import { OWN_MEGAPIXELS } from '../../limits/images.ts';
import { drawPicture, frameCount } from '../../pictures/draw-picture.ts';
import { encodeGif } from '../../pictures/gif-file.ts';
import { PICTURES_NOTICE } from '../../pictures/notice.ts';
import { pictureTexts, shownSource } from '../../pictures/picture-texts.ts';
import { encodePng } from '../../pictures/png-file.ts';
import { version } from '../../settings/version.ts';
import { addModelFlags, collect } from '../flags.ts';
import { withLocalModels } from '../local-session.ts';
import { createProgress } from '../progress.ts';
import { failed, reportError } from '../report.ts';
import { stopOnSignals } from '../stop-signals.ts';
import { continueEarlierRun, partialOf } from './earlier-run.ts';
import { keepOf, outputOf, type PictureFlags, pictureOptions } from './picture-flags.ts';
import { expectNewOutputs, type PictureOutputs, pathsOf, writeOutput } from './picture-outputs.ts';
import { terminalPreview } from './terminal-preview.ts';

const { least, most, standard } = PICTURE_SIDES;

const EXAMPLES = `
Examples:
  $ clipql picture "a jellyfish" --out jellyfish.png
  $ clipql picture "a cityscape in the style of Van Gogh" --out city.png --gif steps.gif
  $ clipql picture "a cityscape" "in the style of Van Gogh" --weight 1 --weight 0.5 --out city.png
  $ clipql picture "a snowy mountain" --from photo.jpg --keep 0.8 --negative "a car" --out snow.png

A prompt with "in the style of" counts as two, what and how, unless it has a --weight. With several --model they
take turns. The same seed, settings, models and version give the same file. If a run is stopped or killed, the same command
continues it; until it ends, OUT.partial holds what it has.

Pictures are recognisable at best, and never like photographs. They can be unlike what was asked for: published CLIP
models are known to give nudity for innocent words.`;

/** Milliseconds between two previews. */
const PREVIEW_MS = 1000;

/** `clipql picture PROMPT… --out FILE` */
export function addPicture(program: Command): void {
  const command = program
    .command('picture')
    .description('Draw what a text says, by following the model’s gradient.')
    .argument('<prompt...>', 'what to draw; several are drawn into one picture')
    .option('--out <file>', 'output file: .png')
    .option('--gif <file>', 'how the picture came to be, as an animation')
    .option('--from <image>', 'picture to begin with: file, or http, https or data URL')
    .option('--keep <n>', 'how firmly that is kept; 1 changes nothing (default: 0.5)')
    .option('--negative <text>', 'what to stay away from (repeatable)', collect)
    .option(
      '--weight <n>',
      'weight of each prompt, in their order (repeatable; default: 1)',
      collect,
    )
    .option('--seed <n>', 'another number, another picture (default: 0)')
    .option('--quality <name>', 'draft, standard or fine: 50, 150 or 400 steps (default: standard)')
    .option('--size <n>', `pixels a side, ${least} to ${most} (default: ${standard})`)
    .option('--overwrite', 'replace the output, or what another command began')
    .option('--no-preview', 'show no preview in the terminal')
    .option('--quiet', 'print errors only');
  addModelFlags(command).addHelpText('after', EXAMPLES).action(picture);
}

async function picture(prompts: readonly string[], flags: PictureFlags): Promise<void> {
  const options = pictureOptions(prompts, flags);
  const out = outputOf('--out', flags.out, '.png');
  if (flags.gif !== undefined) outputOf('--gif', flags.gif, '.gif');
  const keep = keepOf(flags);
  const outputs = { out, gif: flags.gif, overwrite: flags.overwrite === true };
  const partial = partialOf(out, options.size ?? standard);
  // An earlier run may have made them; that is known once the models are loaded.
  if (!(await writing(partial.path, () => partial.hasState()))) await expectNewOutputs(outputs);
  for (const path of pathsOf(outputs)) await expectWritable(path);
  await locked(out, () =>
    withLocalModels(flags, async (clips, readImage) => {
      if (!flags.quiet) process.stderr.write(`clipql: ${PICTURES_NOTICE}\n`);
      let from: StartPicture | undefined;
      try {
        from = await readStart(flags.from, keep, readImage);
      } catch (error) {
        return reportError(error, flags.from);
      }
      const begun = await createPicture(clips, { ...options, ...(from && { from }) });
      await drawInto(outputs, begun, clips, flags);
    }),
  );
}

async function drawInto(
  outputs: PictureOutputs,
  picture: GuidedPicture,
  clips: readonly Clip[],
  { quiet, from, preview }: PictureFlags,
): Promise<void> {
  const { out, gif, overwrite } = outputs;
  const folder = partialOf(out, picture.settings.size);
  const continued = await continueEarlierRun(picture, folder, outputs);
  const progress = createProgress({
    unit: 'steps',
    total: picture.steps,
    start: picture.stepsDone,
    quiet: quiet === true,
  });
  if (continued !== undefined && !quiet) progress.log(`clipql: ${continued}`);
  const show = shown(quiet !== true && preview !== false);
  const stopping = stopOnSignals();
  try {
    await drawPicture(picture, {
      folder,
      frames: gif !== undefined,
      signal: stopping.signal,
      onStep: async ({ step }) => {
        await show(picture);
        progress.update(step);
      },
    });
  } finally {
    progress.end();
    stopping.forget();
  }
  if (!picture.isDone) return sayWhatIsKept(picture, stopping.exitCode(), quiet);
  const models = clips.map(({ info }) => info.name);
  const source = from === undefined ? undefined : shownSource(from);
  const texts = pictureTexts({ picture, models, from: source, version: version() });
  const png = await encodePng(await picture.image(), texts);
  if (gif !== undefined) {
    await writeOutput(gif, await encodeGif(folder.frames(frameCount(picture.steps))), overwrite);
  }
  await writeOutput(out, png, overwrite);
  await writing(folder.path, () => folder.remove());
  if (!quiet) process.stderr.write(`clipql: ${out} is drawn\n`);
}

/** Shows what a picture is becoming, once a second, on terminals that can. */
function shown(isAsked: boolean): (picture: GuidedPicture) => Promise<void> {
  const preview = isAsked ? terminalPreview(process.stderr, process.env) : undefined;
  let last = Number.NEGATIVE_INFINITY;
  return async (picture) => {
    if (preview === undefined) return;
    if (performance.now() - last < PREVIEW_MS && !picture.isDone) return;
    preview.show(await picture.image());
    last = performance.now();
  };
}

/** Keeps a second process out of an output. @throws ApiError OUTPUT_BUSY, OUTPUT_UNWRITABLE. */
async function locked(out: string, work: () => Promise<void>): Promise<void> {
  const lock = await writing(out, () => lockOutput({ out, lock: `${out}.lock` }));
  try {
    await work();
  } finally {
    lock.release();
  }
}

async function readStart(
  from: string | undefined,
  keep: number | undefined,
  readImage: ReadImage,
): Promise<StartPicture | undefined> {
  if (from === undefined) return undefined;
  const bytes = await readImage(from, new AbortController().signal);
  const image = await decodeImage(bytes, { maxPixels: OWN_MEGAPIXELS * 1e6 });
  return { image, ...(keep !== undefined && { keep }) };
}

function sayWhatIsKept({ stepsDone, steps }: GuidedPicture, exitCode: number, quiet?: true): void {
  const kept = `clipql: stopped; ${stepsDone} of ${steps} steps are kept, the same command goes on`;
  if (!quiet) process.stderr.write(`${kept}\n`);
  failed(exitCode);
}
