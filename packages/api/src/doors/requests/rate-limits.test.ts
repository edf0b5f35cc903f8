import { describe, expect, test, vi } from 'vitest';
import type { TestApi } from '../../testing/api.ts';
import { APP_KEY, type Ask, ask, bearer, hashed, JOB_KEY, serversWith } from './testing/ask.ts';

const apiWith = serversWith();

describe('rate limits', () => {
  const statuses = async (api: TestApi, asks: readonly Ask[]) => {
    const found: number[] = [];
    for (const one of asks) found.push((await ask(api, one)).status);
    return found;
  };

  test('an address has its requests a minute, and another has its own', async () => {
    const api = await apiWith({ rateLimitAddress: '3' });
    const mine = { address: '203.0.113.7' };
    expect(await statuses(api, [mine, mine, mine, mine, mine])).toEqual([200, 200, 200, 429, 429]);
    expect(await statuses(api, [{ address: '203.0.113.8' }])).toEqual([200]);
    const refused = await ask(api, mine);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    expect((await api.fetch('/readyz', {}, mine)).status).toBe(200);
  });

  test('the addresses of one IPv6 network count together', async () => {
    const api = await apiWith({ rateLimitAddress: '1' });
    const from = (address: string) => ({ address });
    expect(
      await statuses(api, [
        from('2001:db8:1:2::1'),
        from('2001:db8:1:2:3:4:5:6'),
        from('2001:db8:1:3::1'),
        from('::ffff:203.0.113.9'),
        from('203.0.113.9'),
      ]),
    ).toEqual([200, 429, 200, 200, 429]);
  });

  test('X-Forwarded-For counts from trusted proxies alone, and its last stranger is the client', async () => {
    const api = await apiWith({ rateLimitAddress: '1', trustProxies: '10.0.0.0/8' });
    const through = (address: string, forwarded: string) => ({
      address,
      headers: { 'x-forwarded-for': forwarded },
    });
    expect(
      await statuses(api, [
        through('10.0.0.1', '198.51.100.1'),
        // Whatever the client put before it.
        through('10.0.0.1', '1.1.1.1, 198.51.100.1'),
        through('10.0.0.1', '198.51.100.1, 10.0.0.2'),
        through('10.0.0.1', '198.51.100.2'),
        // No proxy: it speaks for itself.
        through('198.51.100.3', '1.1.1.1'),
        through('198.51.100.3', '2.2.2.2'),
        through('10.0.0.1', 'nonsense'),
        through('10.0.0.1', ''),
      ]),
    ).toEqual([200, 429, 429, 200, 200, 429, 200, 429]);
  });

  test('X-Forwarded-For may have ports', async () => {
    const api = await apiWith({ rateLimitAddress: '1', trustProxies: '10.0.0.0/8' });
    const through = (forwarded: string) => ({
      address: '10.0.0.1',
      headers: { 'x-forwarded-for': forwarded },
    });
    expect(
      await statuses(api, [
        through('198.51.100.1:4711'),
        through('198.51.100.1:4712'),
        through('198.51.100.1, 10.0.0.2:80'),
        through('198.51.100.2:4711'),
        through('[2001:db8:1:2::1]:4711'),
        through('[2001:db8:1:2::2]'),
        through('2001:db8:1:2::3'),
        through('2001:db8:1:3::1'),
      ]),
    ).toEqual([200, 429, 429, 200, 200, 429, 429, 200]);
  });

  test('a minute that has just begun has 60 seconds left, whatever the clock reads', async () => {
    const api = await apiWith({ rateLimitAddress: '1' });
    // To this, 60,000 can be added, and taken away again, only with an error.
    const now = vi.spyOn(performance, 'now').mockReturnValue(49_278.517_183_442_45);
    const { headers } = await ask(api, { address: '203.0.113.9' });
    now.mockRestore();
    expect(headers.get('ratelimit')).toBe('"address";r=0;t=60');
  });

  test.each([-2, 2])('a clock that is set by %i hours changes no limit', async (hours) => {
    const api = await apiWith({ rateLimitAddress: '1' });
    const mine = { address: '203.0.113.7' };
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      expect((await ask(api, mine)).status).toBe(200);
      vi.setSystemTime(Date.now() + hours * 3_600_000);
      const refused = await ask(api, mine);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a request with a valid key counts for the key alone, and is told what is left', async () => {
    const apiKeys = hashed('app', APP_KEY);
    const api = await apiWith({ apiKeys, rateLimitKey: '3', rateLimitAddress: '1' });
    const mine = { address: '203.0.113.7', headers: bearer(APP_KEY) };
    const headers = [];
    for (let i = 0; i < 4; i++) {
      const { status, headers: got } = await ask(api, mine);
      headers.push([
        status,
        got.get('ratelimit-policy'),
        got.get('ratelimit')?.replace(/\d+$/, 't'),
      ]);
    }
    const policy = '"key";q=3;w=60';
    expect(headers).toEqual([
      [200, policy, '"key";r=2;t=t'],
      [200, policy, '"key";r=1;t=t'],
      [200, policy, '"key";r=0;t=t'],
      [429, policy, '"key";r=0;t=t'],
    ]);
    const page = await api.fetch('/examples/', {}, { address: '203.0.113.7' });
    expect([page.status, page.headers.get('ratelimit')]).toEqual([200, '"address";r=0;t=60']);
    const guess = await ask(api, { address: '203.0.113.7', headers: bearer('guess') });
    expect(guess.status).toBe(429);
    const unlimited = await ask(await apiWith({}), mine);
    expect(unlimited.headers.get('ratelimit')).toBeNull();
  });

  test('a key has its requests a minute wherever they come from; guessing counts for the address', async () => {
    const apiKeys = `${hashed('app', APP_KEY)},${hashed('job', JOB_KEY)}`;
    const api = await apiWith({ apiKeys, rateLimitKey: '2', rateLimitAddress: '4' });
    const from = (address: string, key: string) => ({ address, headers: bearer(key) });
    expect(
      await statuses(api, [
        from('203.0.113.1', APP_KEY),
        from('203.0.113.2', APP_KEY),
        from('203.0.113.3', APP_KEY),
        from('203.0.113.3', JOB_KEY),
      ]),
    ).toEqual([200, 200, 429, 200]);
    const guesses = Array.from({ length: 5 }, (_, i) => from('203.0.113.4', `guess-${i}`));
    expect(await statuses(api, guesses)).toEqual([401, 401, 401, 401, 429]);
  });
});
