import { expect, test } from 'vitest';
import { openPostgres } from '../../postgres/postgres.ts';
import { testPostgres } from '../../postgres/testing/test-postgres.ts';
import { halvesOf, vectorText } from './vectors.ts';

/** What one vector of halves may have. */
const DIMENSIONS = 15_872;

test('every finite half comes through the text of a vector as it is', async () => {
  const { url, close } = await testPostgres();
  const database = await openPostgres(url);
  const finite = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter(
    // Minus zero comes back as zero.
    (bits) => (bits & 0x7c00) !== 0x7c00 && bits !== 0x8000,
  );
  for (let from = 0; from < finite.length; from += DIMENSIONS) {
    const bits = finite.slice(from, from + DIMENSIONS);
    const text = vectorText(Float32Array.from(new Float16Array(bits.buffer)));
    const sql = 'SELECT substr(halfvec_send($1::halfvec), 5) AS halves';
    const found = await database.first<{ readonly halves: Buffer }>(sql, text);
    const halves = halvesOf(found!.halves);
    expect(bits.findIndex((one, i) => halves[i] !== one)).toBe(-1);
  }
  await database.close();
  await close();
});
