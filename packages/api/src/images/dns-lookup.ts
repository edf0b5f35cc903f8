import dns from 'node:dns';
import type { AddressLookup } from './guarded-connector.ts';

/** Milliseconds that a name server may take, and how often it is asked. */
const TIMEOUT = 2_000;
const TRIES = 2;

/**
 * Asks the name servers directly. The system's own lookup takes one of two threads for as long as a
 * name server is silent: two names of one that never answers would keep everybody else's images from
 * being fetched. It is left to what no stranger's server answers for: names without a dot.
 *
 * @param servers `address:port`; the system's unless given.
 */
export function dnsLookup(servers?: readonly string[]): AddressLookup {
  const resolver = new dns.promises.Resolver({ timeout: TIMEOUT, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  const addressesOf = async (hostname: string) => {
    const [v4, v6] = await Promise.allSettled([
      resolver.resolve4(hostname),
      resolver.resolve6(hostname),
    ]);
    const found = [
      ...foundBy(v4).map((address) => ({ address, family: 4 })),
      ...foundBy(v6).map((address) => ({ address, family: 6 })),
    ];
    if (found.length === 0 && v4.status === 'rejected') throw asSystem(v4.reason);
    return found;
  };
  return (hostname, options, callback) => {
    if (!/\../.test(hostname)) return dns.lookup(hostname, options, callback);
    addressesOf(hostname).then(
      (addresses) => callback(null, addresses),
      (error) => callback(error, []),
    );
  };
}

const foundBy = (result: PromiseSettledResult<string[]>): readonly string[] =>
  result.status === 'fulfilled' ? result.value : [];

/** Whatever keeps a name server from answering, as the system's own lookup would have it. */
function asSystem(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  const isAnswer = error.code === dns.NOTFOUND || error.code === dns.NODATA;
  return isAnswer ? error : Object.assign(new Error(error.message), { code: 'EAI_AGAIN' });
}
