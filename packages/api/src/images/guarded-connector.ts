import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';

/** Finds all addresses of a host, in the order to try them, as `dns.lookup` with `all` does. */
export type AddressLookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A host has an address that is not accepted. Raised while connecting, and reported by the door. */
export class RefusedAddressError extends Error {}

export interface GuardedConnectorOptions {
  readonly accepts: (address: string) => boolean;
  readonly lookup?: AddressLookup | undefined;
  /** Where to connect to for an address that was accepted: to itself, but for tests. */
  readonly route?: ((address: string) => string) | undefined;
}

/**
 * Connects to hosts all of whose addresses are accepted. They are looked up once for a connection,
 * checked, and connected to: a host cannot change between the check and its use.
 */
export function guardedConnector(options: GuardedConnectorOptions): buildConnector.connector {
  const { accepts, route = (address) => address } = options;
  const connect = buildConnector({ allowH2: false, lookup: guardedLookup(options) });
  return (target, callback) => {
    const { hostname } = target;
    // A socket does not look a literal address up.
    if (isIP(hostname) === 0) return connect(target, callback);
    if (!accepts(hostname)) return callback(new RefusedAddressError(hostname), null);
    return connect({ ...target, hostname: route(hostname) }, callback);
  };
}

function guardedLookup({
  accepts,
  lookup = dns.lookup,
  route = (address) => address,
}: GuardedConnectorOptions): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '');
      if (found.length === 0) return callback(NO_ADDRESS, '');
      if (!found.every(({ address }) => accepts(address))) {
        return callback(new RefusedAddressError(hostname), '');
      }
      const addresses = found.map(({ address }) => lookupAddress(route(address)));
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return callback(null, first!.address, first!.family);
    });
  };
}

const NO_ADDRESS: NodeJS.ErrnoException = Object.assign(new Error('no address'), {
  code: 'ENODATA',
});

const lookupAddress = (address: string): LookupAddress => ({ address, family: isIP(address) });
