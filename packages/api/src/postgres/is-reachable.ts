import type { Connection } from './connection.ts';

/** Milliseconds that an answer may take, and for which it holds. */
const PATIENCE = 1_000;

/** Asks a database whether it answers, once a second at most, however many want to know. */
export function isReachable(connection: Connection): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined;
  let askedAt = 0;
  return () => {
    if (asked === undefined || performance.now() - askedAt > PATIENCE) {
      askedAt = performance.now();
      asked = answers(connection);
    }
    return asked;
  };
}

async function answers(connection: Connection): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), PATIENCE);
  const answer = connection.run('SELECT 1').then(
    () => true,
    () => false,
  );
  const isThere = await Promise.race([answer, late]);
  clearTimeout(timer);
  return isThere;
}
