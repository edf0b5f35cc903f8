import { type Command, Option } from 'commander';
import { type EmbeddedImage, type EmbeddedText, embedImage, embedText } from '../embed.ts';
import { ApiError } from '../errors.ts';
import type { ModelSession } from '../loaders.ts';
import type { Flags } from '../settings/settings.ts';
import { addModelFlags } from './flags.ts';
import { withLocalSession } from './local-session.ts';
import { reportError } from './report.ts';

interface EmbedFlags extends Flags {
  readonly image?: string;
  readonly text?: string;
  readonly raw?: true;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ clipql embed --text "a photo of a dog."
  $ clipql embed --image photo.jpg --json`;

/** `clipql embed --image ADDRESS` or `clipql embed --text TEXT` */
export function addEmbed(program: Command): void {
  const command = program
    .command('embed')
    .description('Write the embedding of an image or a text.')
    .addOption(
      new Option('--image <image>', 'a file, or an http, https or data URL').conflicts('text'),
    )
    .option('--text <text>', 'a text, taken as it is: without a template')
    .option('--raw', 'as the model gives it, not divided by its length')
    .option('--json', 'write an object with the values and what they were made of');
  addModelFlags(command).addHelpText('after', EXAMPLES).action(embed);
}

async function embed(flags: EmbedFlags): Promise<void> {
  if (flags.image === undefined && flags.text === undefined) {
    throw new ApiError('BAD_OPTION', 'expected --image or --text, got neither');
  }
  await withLocalSession(flags, async (session) => {
    try {
      const json =
        flags.text === undefined ? await imageJson(session, flags) : await textJson(session, flags);
      process.stdout.write(`${JSON.stringify(flags.json ? json : json.values)}\n`);
    } catch (error) {
      reportError(error, flags.image);
    }
  });
}

async function imageJson({ model, loaders }: ModelSession, { image = '', raw }: EmbedFlags) {
  const embedded = await embedImage(model, loaders, { url: image }, !raw);
  return { image, ...vectorJson(embedded), file: embedded.image, timing: embedded.timing };
}

async function textJson({ model, loaders }: ModelSession, { text = '', raw }: EmbedFlags) {
  const embedded = await embedText(model, loaders, text, !raw);
  const { tokens, truncated } = embedded;
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
