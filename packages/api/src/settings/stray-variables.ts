import { nearestName } from './nearest-name.ts';
import { variableOf } from './option.ts';
import { OPTIONS } from './options.ts';
import type { Environment } from './settings.ts';

const NAMES = Object.keys(OPTIONS).map(variableOf);

/** Read where settings are not. */
const ELSEWHERE = ['CLIPQL_CONFIG', 'CLIPQL_ZOO'];

/** Of this repository's tests, and what Kubernetes sets for services whose names begin with clipql. */
const NOT_MEANT =
  /^CLIPQL_(TEST|REQUIRE)_|_SERVICE_(HOST|PORT)(_\w+)?$|_PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?$/;

/**
 * A line for each variable that looks like a setting and is none. Only a warning: whoever else uses
 * the prefix is not to keep a server from starting.
 */
export function strayVariables(env: Environment): readonly string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('CLIPQL_') && !ELSEWHERE.includes(name))
    .filter((name) => !NAMES.includes(name) && !NOT_MEANT.test(name))
    .map((name) => {
      const meant = nearestName(name.slice('CLIPQL_'.length), NAMES.map(withoutPrefix));
      const hint = meant === undefined ? '' : `: CLIPQL_${meant} is one`;
      return `${name} is no setting and changes nothing${hint}`;
    });
}

const withoutPrefix = (name: string): string => name.slice('CLIPQL_'.length);
