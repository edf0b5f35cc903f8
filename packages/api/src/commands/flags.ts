import type { Command } from 'commander';

/** Flags of every command that runs a model. */
export function addModelFlags(command: Command): Command {
  return command
    .option(
      '--model <dir>',
      'folder with config.json, model.safetensors, tokenizer.json and preprocessor_config.json; ' +
        'without it the small embedded model',
    )
    .option(
      '--allow-hosts <list>',
      'hosts with private addresses to get images from, as host or host:port, with commas between ' +
        'them (or CLIPQL_ALLOW_HOSTS)',
    )
    .option('--max-megapixels <n>', 'refuse larger images before they are decoded')
    .option(
      '--precision <p>',
      'f32, or int8: a third of the time and of the memory, and nearly the same answers (f32 unless given)',
    )
    .option('--threads <n>', 'threads of a forward pass (the physical cores unless given)');
}

/** Collects the values of a flag that may be given several times. */
export const collect = (value: string, previous: readonly string[] = []): readonly string[] => [
  ...previous,
  value,
];
