import type { Answers } from '../engines/protocol.ts';
import type { Workload } from '../engines/workload.ts';

/** What takes turns: an engine's process, or what stands in for it in a test. */
export interface Player {
  ask(request: {
    kind: 'time';
    workload: Workload;
    milliseconds: number;
    leastPasses: number;
  }): Promise<Answers['time']>;
}

/** One player's part in the turns. */
export interface Part<P extends Player = Player> {
  readonly player: P;
  readonly workload: Workload;
}

export interface TurnOptions {
  /** How often each player has its turn. */
  readonly rounds: number;
  /** How long a turn lasts at least. */
  readonly milliseconds: number;
}

/**
 * Times the players A B C A B C …, so that a machine that slows down slows all of them down.
 *
 * @returns the milliseconds of every pass, by part.
 */
export async function takeTurns(
  parts: readonly Part[],
  { rounds, milliseconds }: TurnOptions,
): Promise<readonly (readonly number[])[]> {
  const times = parts.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { player, workload }] of parts.entries()) {
      const request = { kind: 'time', workload, milliseconds, leastPasses: 2 } as const;
      times[i]!.push(...(await player.ask(request)));
    }
  }
  return times;
}
