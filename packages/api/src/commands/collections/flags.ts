import type { Command } from 'commander';
import { flagOf } from '../../settings/option.ts';
import { addModelFlags } from '../flags.ts';

/** The flag of every command that reads or writes what is kept. */
export const addDataFlag = (command: Command): Command =>
  command
    .option(
      `${flagOf('data')} <dir>`,
      'folder that collections and jobs are kept in (default: the user’s data folder)',
    )
    .option(
      `${flagOf('store')} <url>`,
      'PostgreSQL database, instead of the folder (or CLIPQL_STORE)',
    );

/** Flags of every command that runs a model and keeps what comes of it. */
export const addStoreFlags = (command: Command): Command => addModelFlags(addDataFlag(command));
