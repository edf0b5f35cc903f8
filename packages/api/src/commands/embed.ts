import { type Command, Option } from 'commander';
import { type EmbeddedImage, type EmbeddedText, embedImage, embedText } from '../answers/embed.ts';
import { ApiError } from '../errors/api-error.ts';
import { describeError } from '../errors/public-error.ts';
import { IMAGE_ENDINGS } from '../images/image-folder.ts';
import { cutWarning } from '../loaders/cut-texts.ts';
import type { ModelSession } from '../loaders/loaders.ts';
import { type EmbedImagesFlags, embedImages } from './embed-images.ts';
import { addModelFlags, collect } from './flags.ts';
import { withLocalSession } from './local-session.ts';
import { reportError, warn } from './report.ts';
import { textLines } from './text-lines.ts';

interface EmbedFlags extends Omit<EmbedImagesFlags, 'images'> {
  readonly images?: readonly string[];
  readonly image?: string;
  readonly text?: string;
  readonly texts?: string;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ clipql embed --text "a photo of a dog."
  $ clipql embed --image photo.jpg --json
  $ clipql embed --images photos --out photos.npy
  $ clipql embed --images photos --images scans --out all.parquet --quiet
  $ find photos -name "*.jpg" | clipql embed --images - --out photos.npy
  $ clipql embed --texts captions.txt > embeddings.jsonl

A folder's images are the files in it and its subfolders, in the order of their paths, that end in
${[...IMAGE_ENDINGS].join(' ')}.
Row N of the output is the Nth image:
  .npy      float32 [N, E], in NumPy's format 1.0; all NaN for a file that cannot be read
  .jsonl    {"row", "file", "values"} per line; "values" is null and "error" is set for a file that
            cannot be read
  .parquet  columns row, file, values (a list of float32, or null), error_code, error_message
OUT.rows.jsonl lists the run, then each row's file, its size, its time of change and its error. The
same command, run again, embeds only what was added or changed since, and drops what is gone. If a
run is killed, the same command continues it; until it ends, OUT.partial holds what it has.`;

/** `clipql embed`, of an image, a text or a folder of images. */
export function addEmbed(program: Command): void {
  const command = program
    .command('embed')
    .description('Compute the embedding of an image, a text or each image in a folder.')
    .addOption(
      new Option('--image <image>', 'file, or http, https or data URL').conflicts([
        'text',
        'images',
      ]),
    )
    .addOption(
      new Option('--text <text>', 'text, used as it is, without a template').conflicts('images'),
    )
    .addOption(
      new Option(
        '--texts <file>',
        'text file with one text per line, each embedded to a line; - is standard input',
      ).conflicts(['image', 'text', 'images']),
    )
    .option(
      '--images <dir>',
      'folder of images, whose embeddings go to --out (repeatable); - lists files on standard input',
      collect,
    )
    .option('--out <file>', 'output file: .npy, .jsonl or .parquet')
    .option('--overwrite', 'replace the output of another run')
    .option('--raw', 'do not normalise the embedding to length 1')
    .addOption(
      new Option('--json', 'write an object with the values and their origin').conflicts('images'),
    )
    .option('--quiet', 'with --images: print errors only');
  addModelFlags(command).addHelpText('after', EXAMPLES).action(embed);
}

async function embed(flags: EmbedFlags): Promise<void> {
  const { image, text, texts, images } = flags;
  if (images !== undefined) return embedImages({ ...flags, images });
  if (image === undefined && text === undefined && texts === undefined) {
    const expected = 'expected --image, --text, --texts or --images';
    throw new ApiError('BAD_OPTION', `${expected}, got none of them`);
  }
  if (flags.out !== undefined) {
    throw new ApiError('BAD_OPTION', 'expected --images with --out, got none');
  }
  if (texts !== undefined) return embedTexts(textLines(texts, '--texts'), flags);
  await withLocalSession(flags, async (session) => {
    try {
      const json =
        text === undefined ? await imageJson(session, flags) : await textJson(session, flags);
      process.stdout.write(`${JSON.stringify(flags.json ? json : json.values)}\n`);
    } catch (error) {
      reportError(error, image);
    }
  });
}

/** Texts that are encoded together; lines appear group by group. */
const TEXTS = 32;

async function embedTexts(texts: readonly string[], flags: EmbedFlags): Promise<void> {
  await withLocalSession(
    { ...flags, maxPrompts: String(Math.max(texts.length, 1)) },
    async (session) => {
      for (let start = 0; start < texts.length; start += TEXTS) {
        const group = texts.slice(start, start + TEXTS);
        const lines = await Promise.all(group.map((text) => textLine(session, { ...flags, text })));
        process.stdout.write(lines.join(''));
      }
    },
  );
}

/** Of a text that fails there is a line too, so that line N is the Nth text's. */
async function textLine(session: ModelSession, flags: EmbedFlags): Promise<string> {
  try {
    const json = await textJson(session, flags);
    return `${JSON.stringify(flags.json ? json : json.values)}\n`;
  } catch (error) {
    reportError(error, flags.text);
    return `${JSON.stringify(flags.json ? { text: flags.text, error: describeError(error) } : null)}\n`;
  }
}

async function imageJson({ model, loaders }: ModelSession, { image = '', raw }: EmbedFlags) {
  const embedded = await embedImage(model, loaders, { url: image }, !raw);
  return { image, ...vectorJson(embedded), file: embedded.image, timing: embedded.timing };
}

async function textJson({ model, loaders }: ModelSession, { text = '', raw }: EmbedFlags) {
  const embedded = await embedText(model, loaders, text, !raw);
  const { tokens, truncated } = embedded;
  if (truncated) {
    const { contextLength } = model.clip.info;
    warn(cutWarning('text', text, contextLength));
  }
  return { text, ...vectorJson(embedded), tokens, truncated };
}

function vectorJson({ values, normalized, model }: EmbeddedImage | EmbeddedText) {
  return {
    values: [...values],
    dimensions: values.length,
    normalized,
    model: model.clip.info.name,
  };
}
