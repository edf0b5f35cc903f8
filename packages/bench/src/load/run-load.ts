import { NANO } from '../kit/folders.ts';
import { atLeast, atMost, type ProbeResult } from '../kit/reports/claims.ts';
import { percentile, round } from '../kit/timing/statistics.ts';
import { GraphqlClient, type Outcome } from './client.ts';
import { closedLoop } from './closed-loop.ts';
import { HealthProbe } from './health-probe.ts';
import { startOrigin } from './origin.ts';
import { imageBomb, pictures } from './pictures.ts';
import { type BenchServer, startServer } from './server.ts';

export interface LoadOptions {
  /** Flags of `clipql serve`. */
  readonly flags: readonly string[];
  /** Of the overload. */
  readonly seconds: number;
  /** Of the measurement of capacity. */
  readonly capacitySeconds: number;
  /** Clients that find the capacity. */
  readonly clients: number;
  /** Offered load by capacity. */
  readonly times: number;
}

type Kind = 'picture' | 'slow' | 'bomb';

interface Asked extends Outcome {
  readonly kind: Kind;
}

const MEGABYTE = 1e6;
const QUERY = `query ($imageUrl: String!) {
  classify(imageUrl: $imageUrl, labels: ["dog", "mountain", "car"]) { label }
}`;
/** Of a hundred requests so many go to slow origins, and so many bring an image bomb. */
const SLOW_PERCENT = 10;
const BOMB_PERCENT = 5;
/** What the codes of a request are that was let in and has its answer. */
const BOMB_CODE = 'IMAGE_TOO_LARGE';

/**
 * First what the server can do, by clients that wait for their answers; then several times that, by
 * clients that do not wait, with slow origins and image bombs among them; then how soon a single
 * client is served as before. Meanwhile `/healthz` is asked on new connections. The driver runs on the
 * server's own cores.
 */
export async function runLoad(options: LoadOptions): Promise<ProbeResult> {
  const picture = await pictures(640, 480);
  const origin = await startOrigin(picture, imageBomb());
  const server = await startServer(NANO, options.flags);
  const client = new GraphqlClient(server.url);
  let number = 0;
  const ask = async (kind: Kind): Promise<Asked> => {
    const imageUrl = `${origin.url}/${kind}/${number++}`;
    return { kind, ...(await client.ask(QUERY, { imageUrl })) };
  };
  try {
    await closedLoop(options.clients, 2, () => ask('picture'));
    const alone = await closedLoop(1, 2, () => ask('picture'));
    const usual = percentile(
      alone.outcomes.map(({ milliseconds }) => milliseconds),
      0.5,
    );
    const capacity = await closedLoop(options.clients, options.capacitySeconds, () =>
      ask('picture'),
    );
    const overload = await overloaded(server, options, capacity.throughput, ask);
    const recovery = await untilUsual(usual, () => ask('picture'));
    return resultOf(capacity.throughput, overload, recovery, usual, options);
  } finally {
    client.close();
    await server.close();
    await origin.close();
  }
}

interface Overload {
  readonly seconds: number;
  readonly asked: readonly Asked[];
  readonly lagP99: number;
  /** Of `/healthz` on new connections, in milliseconds. */
  readonly health: readonly number[];
  /** Bytes of the process at their highest, beyond those before. */
  readonly growth: Growth;
}

type Growth = Readonly<Record<(typeof MEMORY_KINDS)[number], number>>;

/** Of the process; of that, objects, and buffers with what other native objects take. */
const MEMORY_KINDS = ['rss', 'heapUsed', 'external'] as const;

async function overloaded(
  server: BenchServer,
  { seconds, times }: LoadOptions,
  capacity: number,
  ask: (kind: Kind) => Promise<Asked>,
): Promise<Overload> {
  await server.reset();
  const { memory: before } = await server.vitals();
  const growth = { rss: 0, heapUsed: 0, external: 0 };
  const sampling = setInterval(async () => {
    const { memory } = await server.vitals();
    for (const kind of MEMORY_KINDS) {
      growth[kind] = Math.max(growth[kind], memory[kind] - before[kind]);
    }
  }, 500);
  const probe = new HealthProbe(server.url);
  const asked: Promise<Asked>[] = [];
  const start = performance.now();
  const end = start + 1000 * seconds;
  while (performance.now() < end) {
    const due = ((performance.now() - start) / 1000) * capacity * times;
    while (asked.length < due) asked.push(ask(kindOf(asked.length)));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const { lagP99 } = await server.vitals();
  const health = await probe.end();
  const outcomes = await Promise.all(asked);
  clearInterval(sampling);
  return { seconds, asked: outcomes, lagP99, health, growth };
}

/** The same sequence in every run, the kinds well mixed. */
function kindOf(index: number): Kind {
  const draw = (index * 37) % 100;
  if (draw < SLOW_PERCENT) return 'slow';
  return draw < SLOW_PERCENT + BOMB_PERCENT ? 'bomb' : 'picture';
}

/** Milliseconds until three requests in a row take no longer than twice what they usually take. */
async function untilUsual(usual: number, ask: () => Promise<Asked>): Promise<number> {
  const start = performance.now();
  for (let inRow = 0; inRow < 3; ) {
    const { milliseconds, code } = await ask();
    inRow = code === undefined && milliseconds <= 2 * usual ? inRow + 1 : 0;
    if (performance.now() - start > 60_000) return Number.POSITIVE_INFINITY;
  }
  return performance.now() - start;
}

function resultOf(
  capacity: number,
  { asked, seconds, lagP99, health, growth }: Overload,
  recoveryMs: number,
  usualMs: number,
  { times }: LoadOptions,
): ProbeResult {
  const refused = asked.filter(({ status }) => status === 429);
  const unanswered = asked.filter(({ status }) => status === 0);
  const accepted = asked.filter(({ status }) => status !== 429);
  const wellBehaved = asked.filter(({ kind }) => kind === 'picture');
  const served = wellBehaved.filter(({ code }) => code === undefined);
  const wrong = accepted.filter(({ kind, code, status }) =>
    status === 0 ? false : code !== (kind === 'bomb' ? BOMB_CODE : undefined),
  );
  const goodput = served.length / seconds;
  const refusalP99 = percentile(
    refused.map(({ milliseconds }) => milliseconds),
    0.99,
  );
  const servedTimes = served.map(({ milliseconds }) => milliseconds);
  return {
    rows: [
      {
        capacity: round(capacity),
        offered: round(asked.length / seconds),
        times,
        seconds,
        asked: asked.length,
        accepted: accepted.length,
        answered: accepted.length - unanswered.length,
        refused: refused.length,
        otherErrors: wrong.length,
        goodput: round(goodput),
        servedP50Ms: round(percentile(servedTimes, 0.5)),
        servedP99Ms: round(percentile(servedTimes, 0.99)),
        refusalP99Ms: round(refusalP99),
        lagP99Ms: round(lagP99),
        healthP95Ms: round(percentile(health, 0.95)),
        healthMaxMs: round(percentile(health, 1)),
        rssGrowthMB: round(growth.rss / MEGABYTE),
        heapGrowthMB: round(growth.heapUsed / MEGABYTE),
        externalGrowthMB: round(growth.external / MEGABYTE),
        aloneMs: round(usualMs),
        recoveryMs: round(recoveryMs),
      },
    ],
    claims: [
      atMost('accepted requests without an answer', unanswered.length, 0),
      atMost('accepted requests with another error than their image’s own', wrong.length, 0),
      atMost('milliseconds of a refusal, 99th percentile', refusalP99, 100),
      atLeast('goodput of the well-behaved by capacity', goodput / capacity, 0.8),
      atMost('milliseconds that the event loop is late, 99th percentile', lagP99, 50),
      atMost('milliseconds of /healthz on a new connection, longest', percentile(health, 1), 100),
      atMost('MB that the process grows by', growth.rss / MEGABYTE, 100),
      atMost('milliseconds until latency is back', recoveryMs, 5_000),
    ],
  };
}
