import type { Command } from 'commander';

/** Adds `list`, the default command of a group. Another first word is then reported as a mistyped command. */
export function addList(group: Command, description: string): Command {
  const list = group.command('list', { isDefault: true }).description(description);
  group.hook('preSubcommand', ({ args: [word = ''] }, command) => {
    if (command !== list || word === '' || word === 'list' || word.startsWith('-')) return;
    const names = group.commands.map((one) => one.name()).join(', ');
    group.error(`error: expected a command of ${group.name()}: ${names}, got '${word}'`);
  });
  return list;
}
