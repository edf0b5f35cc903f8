import type { Command } from 'commander';
import type { Finding } from '../doctor/finding.ts';
import { lookAround } from '../doctor/look-around.ts';
import { type Flags, parseSettings } from '../settings/settings.ts';
import { addModelFlags } from './flags.ts';
import { failed } from './report.ts';

interface DoctorFlags extends Flags {
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ clipql doctor
  $ clipql doctor --model laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K
  $ clipql doctor --json

Each line says ok, note (worth knowing, but everything runs) or BROKEN. The exit code is 1 if anything
is broken.`;

const MARKS = { ok: 'ok    ', note: 'note  ', broken: 'BROKEN' } as const;

/** `clipql doctor` */
export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'Check what runs here: Node, kernels, threads, answers, int8, GPU, model cache and memory.',
    )
    .option('--json', 'write one JSON array');
  addModelFlags(command).addHelpText('after', EXAMPLES).action(doctor);
}

async function doctor(flags: DoctorFlags): Promise<void> {
  const findings: Finding[] = [];
  for await (const finding of lookAround(parseSettings(flags, process.env))) {
    findings.push(finding);
    if (!flags.json) process.stdout.write(line(finding));
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  if (findings.some(({ state }) => state === 'broken')) failed();
}

const line = ({ name, state, text }: Finding): string =>
  `${MARKS[state]}  ${name.padEnd(8)}  ${text}\n`;
