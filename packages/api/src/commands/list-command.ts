import type { Command } from 'commander';

/** `list` of a group of commands, which also runs where none is named. Another word there is a mistyped command. */
export function addList(group: Command, description: string): Command {
  const list = group.command('list', { isDefault: true }).description(description);
  return list.allowExcessArguments().hook('preAction', ({ args: [word] }) => {
    if (word === undefined) return;
    const names = group.commands.map((command) => command.name());
    list.error(`error: expected a command of ${group.name()}: ${names.join(', ')}, got '${word}'`);
  });
}
