import type { Outcome } from './client.ts';

/** What clients that ask one question after another were answered. */
export interface ClosedLoop {
  readonly seconds: number;
  readonly outcomes: readonly Outcome[];
  /** Answers without an error a second. */
  readonly throughput: number;
}

/** So many clients, each of which asks again as soon as it is answered. */
export async function closedLoop(
  clients: number,
  seconds: number,
  ask: () => Promise<Outcome>,
): Promise<ClosedLoop> {
  const start = performance.now();
  const end = start + 1000 * seconds;
  const outcomes: Outcome[] = [];
  const client = async () => {
    while (performance.now() < end) outcomes.push(await ask());
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsed = (performance.now() - start) / 1000;
  const answered = outcomes.filter(({ code }) => code === undefined).length;
  return { seconds: elapsed, outcomes, throughput: answered / elapsed };
}
