import { NANO } from '../kit/folders.ts';
import type { ThreadKind } from '../kit/keep-workers.ts';
import { atMost, type Claim, type ProbeResult } from '../kit/reports/claims.ts';
import { percentile, round } from '../kit/timing/statistics.ts';
import { GraphqlClient, type Outcome } from './client.ts';
import { closedLoop } from './closed-loop.ts';
import { pictures } from './pictures.ts';
import { startServer } from './server.ts';

export interface ServerDeathsOptions {
  readonly flags: readonly string[];
  /** Deaths of each kind. */
  readonly times: number;
  readonly clients: number;
}

const KINDS: readonly ThreadKind[] = ['inference', 'decode'];
const QUERY = 'query ($imageUrl: String!) { embedImage(imageUrl: $imageUrl) { dimensions } }';
/** Milliseconds over which answers are counted, to see whether the capacity is back. */
const WINDOW = 250;
/** Of the answers before, as windows so short differ. */
const BACK = 0.8;
const MOST_MILLISECONDS = 2_000;
const PATIENCE = 30_000;

/** Ends threads of a server at work, again and again: everyone is answered, and soon as before. */
export async function runServerDeaths(options: ServerDeathsOptions): Promise<ProbeResult> {
  const server = await startServer(NANO, options.flags);
  const client = new GraphqlClient(server.url);
  const picture = await pictures(320, 240);
  let number = 0;
  const answers: number[] = [];
  const ask = async (): Promise<Outcome> => {
    const imageUrl = `data:image/jpeg;base64,${picture(number++).toString('base64')}`;
    const outcome = await client.ask(QUERY, { imageUrl });
    if (outcome.code === undefined) answers.push(performance.now());
    return outcome;
  };
  const answersSince = (start: number) => {
    const first = answers.findLastIndex((time) => time < start);
    return answers.length - 1 - first;
  };
  const rows: ProbeResult['rows'][number][] = [];
  const claims: Claim[] = [];
  try {
    for (const kind of KINDS) {
      await closedLoop(options.clients, 2, ask);
      const { throughput } = await closedLoop(options.clients, 3, ask);
      const enough = (BACK * throughput * WINDOW) / 1000;
      const times: number[] = [];
      let going = true;
      const load = Promise.all(
        Array.from({ length: options.clients }, async () => {
          const outcomes: Outcome[] = [];
          while (going) outcomes.push(await ask());
          return outcomes;
        }),
      );
      for (let death = 0; death < options.times; death++) {
        // At another moment of the work each time.
        await pause(WINDOW + ((death * 37) % 100));
        await server.kill(kind);
        times.push(await untilBack(enough, answersSince));
      }
      going = false;
      const outcomes = (await load).flat();
      const unanswered = outcomes.filter(({ status }) => status === 0).length;
      const failed = outcomes.filter(({ status, code }) => status !== 0 && code !== undefined);
      const longest = Math.max(...times);
      rows.push({
        thread: kind,
        deaths: times.length,
        requests: outcomes.length,
        unanswered,
        failed: failed.length,
        throughput: round(throughput),
        backP50Ms: round(percentile(times, 0.5)),
        backMaxMs: round(longest),
      });
      claims.push(
        atMost(`${kind}: requests without an answer`, unanswered, 0),
        atMost(`${kind}: requests that failed`, failed.length, 0),
        atMost(`${kind}: milliseconds until the capacity was back`, longest, MOST_MILLISECONDS),
      );
    }
    return { rows, claims };
  } finally {
    client.close();
    await server.close();
  }
}

/** Milliseconds until a window begins in which as many are answered as before. */
async function untilBack(enough: number, answersSince: (start: number) => number): Promise<number> {
  const death = performance.now();
  for (;;) {
    await pause(20);
    const now = performance.now();
    const isWhole = now - death >= WINDOW;
    if (isWhole && answersSince(now - WINDOW) >= enough) return now - WINDOW - death;
    if (now - death > PATIENCE) return Number.POSITIVE_INFINITY;
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
