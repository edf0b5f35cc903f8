import { Command, CommanderError } from 'commander';
import { addClassifiers } from './commands/classifiers/classifiers.ts';
import { addClassify } from './commands/classify.ts';
import { addCollections } from './commands/collections/collections.ts';
import { addDuplicates } from './commands/collections/duplicates.ts';
import { addImport } from './commands/collections/import.ts';
import { addIndex } from './commands/collections/index-folders.ts';
import { addJobs } from './commands/collections/jobs.ts';
import { addSearch } from './commands/collections/search.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEmbed } from './commands/embed.ts';
import { addEvaluate } from './commands/evaluate/evaluate.ts';
import { refuseRepeated } from './commands/flags.ts';
import { addMigrate } from './commands/migrate.ts';
import { addModels } from './commands/models.ts';
import { addPicture } from './commands/picture/picture.ts';
import { addPull } from './commands/pull.ts';
import { failed, reportError } from './commands/report.ts';
import { addServe } from './commands/serve.ts';
import { addWorker } from './commands/worker.ts';
import { ApiError } from './errors/api-error.ts';
import { oneLine } from './errors/one-line.ts';
import { version } from './settings/version.ts';

/**
 * The command line. Results go to standard output, everything else to standard error; a failure is
 * one line, `clipql: CODE: message`, and an exit code of `commands/report.ts`.
 *
 * @param argv as `process.argv`.
 */
export async function main(argv: readonly string[]): Promise<void> {
  endWithOutput();
  const program = createProgram();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) reportUsage(error, program, argv[2]);
    else reportError(error);
  }
}

const EXAMPLES = `
Examples:
  $ clipql serve
  $ clipql classify photo.jpg --labels "dog,cat,car"
  $ clipql embed --text "a photo of a dog."
  $ clipql embed --images photos --out photos.npy
  $ clipql search --in photos "sheep on a hill"
  $ clipql evaluate photos-by-class
  $ clipql picture "a jellyfish" --out jellyfish.png
  $ clipql doctor

Exit codes:
  0         everything was done
  1         something failed: the whole command, or some of its images
  2         the command was not understood, and nothing was done
  130, 143  stopped by Ctrl-C or by SIGTERM

Run clipql COMMAND --help for examples of each command.`;

function createProgram(): Command {
  const program = new Command('clipql')
    .description(
      'OpenAI’s CLIP: zero-shot classification and embeddings, on the command line and over GraphQL.',
    )
    .addHelpText('after', EXAMPLES)
    .version(version(), '-v, --version')
    .exitOverride()
    // What goes wrong is reported by main, in its own form.
    .configureOutput({ writeErr: () => {} });
  addServe(program);
  addWorker(program);
  addClassify(program);
  addClassifiers(program);
  addEmbed(program);
  addIndex(program);
  addSearch(program);
  addDuplicates(program);
  addEvaluate(program);
  addPicture(program);
  addCollections(program);
  addImport(program);
  addJobs(program);
  addDoctor(program);
  addPull(program);
  addModels(program);
  addMigrate(program);
  program.commands.forEach(refuseRepeated);
  return program;
}

function reportUsage(error: CommanderError, { commands }: Command, first?: string): void {
  if (error.exitCode === 0) return;
  const message =
    error.code === 'commander.help'
      ? `expected a command: ${commands.map((command) => command.name()).join(', ')}`
      : oneLine(error.message).replace(/^error: /, '');
  const names = ['clipql', ...commands.map((one) => one.name()).filter((name) => name === first)];
  reportError(new ApiError('BAD_OPTION', `${message} (see ${names.join(' ')} --help)`));
}

/**
 * `clipql … | head` closes the pipe when it has enough: no failure, and nothing more to say. A full
 * disk is one, and what comes after is not computed for nothing.
 */
function endWithOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      const message = `cannot write to standard output: ${error.message}`;
      reportError(new ApiError('OUTPUT_UNWRITABLE', message));
    }
    process.exit();
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failed();
    process.exit();
  });
}
