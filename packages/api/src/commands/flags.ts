import type { Command } from 'commander';
import { ApiError } from '../errors/api-error.ts';
import { MODEL_OPTIONS } from '../settings/model-options.ts';
import { defaultText, flagOf, type Option } from '../settings/option.ts';
import { SERVER_OPTIONS } from '../settings/server-options.ts';
import { WORKER_OPTIONS } from '../settings/worker-options.ts';

/** Flags of every command that runs a model. */
export function addModelFlags(command: Command): Command {
  return addFlags(command, MODEL_OPTIONS).option(
    '--config <file>',
    'JSON file of settings, with names in camel case (or CLIPQL_CONFIG)',
  );
}

/** Flags of `clipql serve` besides. */
export function addServerFlags(command: Command): Command {
  return addFlags(command, SERVER_OPTIONS).option('--no-migrate', 'as --migrate off');
}

/** Of a server's, those that matter to jobs. */
const SHARED_WITH_WORKERS = [
  ...(['store', 'migrate', 'host', 'port', 'folders', 'fetchesPerHost'] as const),
  ...(['modelIdleMinutes', 'modelMemory', 'maxBatch', 'maxWait', 'decodeThreads'] as const),
  ...(['graceSeconds', 'logFormat', 'logLevel', 'tracing'] as const),
];

/** Flags of `clipql worker` besides. */
export function addWorkerFlags(command: Command): Command {
  const shared = SHARED_WITH_WORKERS.map((name) => [name, SERVER_OPTIONS[name]]);
  const options = { ...Object.fromEntries(shared), ...WORKER_OPTIONS };
  return addFlags(command, options).option('--no-migrate', 'as --migrate off');
}

function addFlags(command: Command, options: Readonly<Record<string, Option>>): Command {
  for (const [name, option] of Object.entries(options)) {
    const help = `${option.help} (default: ${defaultText(option)})`;
    const flag = `${flagOf(name)} ${option.placeholder}`;
    if (option.repeatable) command.option(flag, help, collect);
    else command.option(flag, help);
  }
  return command;
}

/**
 * Makes a command refuse a flag that is given twice where it has one value: the first would be passed
 * over in silence.
 *
 * @throws ApiError BAD_OPTION, as the command line is parsed.
 */
export function refuseRepeated(command: Command): void {
  command.commands.forEach(refuseRepeated);
  for (const option of command.options) {
    const { parseArg, long } = option;
    if (!(option.required || option.optional) || parseArg === collect) continue;
    option.argParser((value: string, previous: unknown) => {
      if (previous !== undefined) {
        throw new ApiError(
          'BAD_OPTION',
          `expected ${long} once, got it again with ${JSON.stringify(value)}`,
        );
      }
      return parseArg ? parseArg(value, undefined) : value;
    });
  }
}

/** Collects the values of a flag that may be given several times. */
export const collect = (value: string, previous: readonly string[] = []): readonly string[] => [
  ...previous,
  value,
];
