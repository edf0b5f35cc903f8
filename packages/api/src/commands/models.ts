import { homedir } from 'node:os';
import { cachedModel, type HubSettings, hubSettings } from '@clipql/core/node';
import type { Command } from 'commander';
import { ApiError } from '../errors/api-error.ts';
import { probeSpeed } from '../models/probe-speed.ts';
import { type Choice, choicesFor, recommend, type Wish } from '../models/recommend.ts';
import { downloadBytes, memoryBytes } from '../models/requirements.ts';
import { TASKS, type Task, zoo, zooAddress } from '../models/zoo.ts';
import { type ListedModel, modelsTable } from './models-table.ts';
import { recommendationText } from './recommendation-text.ts';

const EXAMPLES = `
Examples:
  $ clipql models
  $ clipql models --for search --memory 2
  $ clipql models --for multilingual --commercial --json

Memory is that of the packed weights, in float32 and in int8; the rest of the process takes about 0.2 GB. The
milliseconds of one image are an estimate: two layers are timed here, and scaled by each model's work.`;

interface ModelsFlags {
  readonly for?: string;
  readonly memory?: string;
  readonly commercial?: true;
  readonly json?: true;
}

/** `clipql models` */
export function addModels(program: Command): void {
  program
    .command('models')
    .description('List published models with what they take here, or recommend one.')
    .option('--for <task>', `recommend one for ${TASKS.join(', ')}`)
    .option('--memory <gb>', 'recommend one whose weights take at most this many GB')
    .option('--commercial', 'recommend one whose licence allows commercial use')
    .option('--json', 'write JSON')
    .addHelpText('after', EXAMPLES)
    .action(listModels);
}

async function listModels(flags: ModelsFlags): Promise<void> {
  const wish = wishOf(flags);
  const isWish = Object.values(wish).some((value) => value !== undefined);
  const choices = choicesFor(zoo(), wish);
  const settings = hubSettings(process.env, homedir());
  const listed = choices.length === 0 ? [] : await listedModels(choices, settings);
  const recommendation = isWish ? recommend(choices) : undefined;
  if (flags.json) {
    const recommended = recommendation?.best;
    const answer = {
      models: listed.map(toJson),
      ...(isWish && {
        recommended: recommended
          ? { id: recommended.model.id, precision: recommended.precision }
          : null,
      }),
    };
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  if (listed.length > 0) process.stdout.write(modelsTable(listed));
  if (isWish) process.stdout.write(`\n${recommendationText(recommendation, wish)}\n`);
  process.stderr.write(
    `clipql: the cache is ${settings.cache}; download with clipql pull ID or serve --model ID\n`,
  );
}

async function listedModels(
  choices: readonly Choice[],
  settings: HubSettings,
): Promise<readonly ListedModel[]> {
  const speed = await probeSpeed();
  return Promise.all(
    choices.map(
      async ({ model }): Promise<ListedModel> => ({
        model,
        milliseconds: {
          f32: (1000 * model.imageOperations) / speed.f32,
          int8: (1000 * model.imageOperations) / speed.int8,
        },
        cached: await cachedModel(zooAddress(model), settings),
      }),
    ),
  );
}

function wishOf({ for: task, memory, commercial }: ModelsFlags): Wish {
  if (task !== undefined && !TASKS.includes(task as Task)) {
    throw new ApiError('BAD_OPTION', `--for: expected ${TASKS.join(' or ')}, got ${task}`);
  }
  const gigabytes = memory === undefined ? undefined : Number(memory);
  if (gigabytes !== undefined && !(gigabytes > 0 && memory?.trim() !== '')) {
    throw new ApiError('BAD_OPTION', `--memory: expected GB, a number above 0, got ${memory}`);
  }
  return {
    task: task as Task | undefined,
    memoryBytes: gigabytes === undefined ? undefined : gigabytes * 1e9,
    commercial,
  };
}

function toJson({ model, milliseconds, cached }: ListedModel) {
  return {
    ...model,
    downloadBytes: downloadBytes(model),
    memoryBytes: { f32: memoryBytes(model, 'f32'), int8: Math.round(memoryBytes(model, 'int8')) },
    estimatedMilliseconds: milliseconds,
    onDisk: cached === undefined ? null : { folder: cached.folder, bytes: cached.bytes },
  };
}
