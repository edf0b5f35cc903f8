import type { Command } from 'commander';
import { ApiError } from '../errors/api-error.ts';
import { flagOf } from '../settings/option.ts';
import { type Flags, parseSettings } from '../settings/settings.ts';
import { reportError } from './report.ts';

const EXAMPLES = `
Examples:
  $ clipql migrate --store postgres://clipql@db.internal/clipql

Servers and commands do so at their start, unless they are told --migrate off.`;

/** `clipql migrate` */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Make the tables of a PostgreSQL store, or bring them up to date.')
    .option(`${flagOf('store')} <url>`, 'PostgreSQL database (or CLIPQL_STORE)')
    .addHelpText('after', EXAMPLES)
    .action(migrate);
}

async function migrate(flags: Flags): Promise<void> {
  const { store } = parseSettings(flags, process.env);
  if (store === undefined) {
    throw new ApiError('BAD_OPTION', 'expected --store as the database to migrate, got none');
  }
  const { openServer } = await import('../jobs/postgres/open-server.ts');
  const server = await openServer(store, {
    migrates: true,
    isWorker: false,
    onUnexpected: (error) => reportError(error),
    mayBeAway: false,
    metrics: undefined,
  });
  await server.close();
  process.stderr.write('clipql: the tables are up to date\n');
}
