import { withoutCommands } from '../errors/one-line.ts';

interface LogObject {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly requestId?: string;
  readonly caller?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly milliseconds?: number;
  readonly code?: string;
  readonly operation?: string;
  readonly count?: number;
  readonly err?: { readonly stack?: string; readonly message?: string };
}

/** A line of JSON as a person reads it: `12:30:01 POST /graphql 200 in 34 ms (6f1c…)`. */
export function logLine(json: string): string {
  const entry = JSON.parse(json) as LogObject;
  const { level, time, requestId, caller, err } = entry;
  const about = [caller, requestId].filter((part) => part !== undefined).join(', ');
  const mark = level === 'info' ? '' : `${level.toUpperCase()} `;
  const stack = err === undefined ? [] : (err.stack ?? err.message ?? '').split('\n');
  const tail = about === '' ? '' : ` (${about})`;
  const line = `${time.slice(11, 19)} ${mark}${whatHappened(entry)}${tail}`;
  // A caller's name is its token's, and messages quote what clients and files hold.
  return `${[line, ...stack].map(withoutCommands).join('\n')}\n`;
}

function whatHappened(entry: LogObject): string {
  const { method, path, status, milliseconds, code, operation, count, msg = '' } = entry;
  if (status === undefined) return msg;
  const outcome = [status === 0 ? 'not answered' : status, code].filter(Boolean).join(' ');
  if (count !== undefined) return `${count} ${msg}: ${outcome}`;
  if (method === undefined) return `no request: ${outcome}`;
  const name = operation === undefined ? '' : ` ${operation}`;
  const time = milliseconds === undefined ? '' : ` in ${milliseconds} ms`;
  return `${method} ${path}${name} ${outcome}${time}`;
}
