/** Imports the programs given, and writes a line to standard output for each thing that is wrong. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { patternOf } from './page.ts';

const PRINTS = /^ *console\.log\(.*\); +\/\/ (.+)$/gm;

for (const file of process.argv.slice(2)) {
  for (const failure of await failures(file))
    process.stdout.write(`${basename(file)}: ${failure}\n`);
}
// A program may leave a model's threads running.
process.exit();

async function failures(file: string): Promise<readonly string[]> {
  const printed: string[] = [];
  console.log = (...values) => printed.push(format(...values));
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    return [format(error).replaceAll('\n', ' ')];
  }
  const shown = [...readFileSync(file, 'utf8').matchAll(PRINTS)].map(([, comment]) => comment!);
  if (shown.length !== printed.length) {
    return [`shows ${shown.length} results, and prints ${JSON.stringify(printed)}`];
  }
  return shown.flatMap((expected, i) =>
    patternOf(expected).test(printed[i]!) ? [] : [`shows ${expected}, and prints ${printed[i]}`],
  );
}
